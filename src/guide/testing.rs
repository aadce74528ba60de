//! Testing what you build on this crate: an attribution model, a response curve and a budget service of your own, held
//! against [`laws`](crate::laws) on cases of [`strategies`](crate::strategies).
//!
//! Switch the feature on for your tests alone:
//!
//! ```toml
//! [dependencies]
//! marketloop = "0.1"
//!
//! [dev-dependencies]
//! marketloop = { version = "0.1", features = ["proptest"] }
//! proptest = { version = "1.9", default-features = false, features = ["std"] }
//! ```
//!
//! # A model of attribution
//!
//! The house's rule: a conversion goes to the channel with the most touches; several with as many share it.
//! [`credits_conserve`](crate::laws::credits_conserve) asks that nothing of a conversion is lost or made, over path tables
//! with repeated touches, channels that no path has, and tables without a row:
//!
//! ```
//! use marketloop::attribution::{AttributionError, Credits, Model, PathTable};
//! use marketloop::laws;
//! use marketloop::strategies::path_tables;
//! use proptest::prelude::*;
//!
//! /// Who wins a conversion, given the touches of each channel.
//! struct MostTouches(fn(&[u32]) -> Vec<usize>);
//!
//! impl Model for MostTouches {
//!     fn credit(&self, paths: &PathTable) -> Result<Credits, AttributionError> {
//!         let mut conversions = vec![0.0; paths.channels().len()];
//!         let mut values = conversions.clone();
//!         for row in paths.rows() {
//!             let mut touches = vec![0_u32; conversions.len()];
//!             row.path.iter().for_each(|channel| touches[channel.index()] += 1);
//!             let winners = (self.0)(&touches);
//!             for winner in &winners {
//!                 conversions[*winner] += row.outcome.conversions as f64 / winners.len() as f64;
//!                 values[*winner] += row.outcome.value as f64 / winners.len() as f64;
//!             }
//!         }
//!         Credits::new(paths, conversions, values)
//!     }
//! }
//!
//! fn most(touches: &[u32]) -> Vec<usize> {
//!     let most = touches.iter().max().copied().unwrap_or(0);
//!     (0..touches.len()).filter(|channel| touches[*channel] == most).collect()
//! }
//! proptest!(|(paths in path_tables())| {
//!     laws::credits_conserve(&MostTouches(most), &paths)?;
//! });
//!
//! // A first try: whoever has more than half of the touches. Where nobody has, the conversion is lost.
//! fn more_than_half(touches: &[u32]) -> Vec<usize> {
//!     let all: u32 = touches.iter().sum();
//!     (0..touches.len()).filter(|channel| 2 * touches[*channel] > all).collect()
//! }
//! let mut runner = proptest::test_runner::TestRunner::deterministic();
//! let broken = runner.run(&path_tables(), |paths| {
//!     Ok(laws::credits_conserve(&MostTouches(more_than_half), &paths)?)
//! });
//! assert!(broken.unwrap_err().to_string().contains("credits_conserve"));
//! ```
//!
//! # A response curve
//!
//! The optimiser proves its results from the curves' own answers, so a curve of your own has to keep the contract of
//! [`ResponseCurve`](crate::response::ResponseCurve). Two laws look at a curve alone, one at what the optimiser makes of it
//! beside the crate's own curves:
//!
//! ```
//! use marketloop::laws;
//! use marketloop::optimise::{Aim, Optimisation};
//! use marketloop::quantity::{Currency, Money};
//! use marketloop::response::ResponseCurve;
//! use marketloop::strategies::curves;
//! use proptest::prelude::*;
//!
//! /// Of so many people, those whom a spend reaches at least once, where a contact costs one.
//! struct Reach {
//!     people: f64,
//! }
//!
//! impl ResponseCurve for Reach {
//!     fn value(&self, spend: f64) -> f64 {
//!         self.people * -(-spend / self.people).exp_m1()
//!     }
//!     fn marginal(&self, spend: f64) -> f64 {
//!         (-spend / self.people).exp()
//!     }
//!     fn inflection(&self) -> f64 {
//!         0.0
//!     }
//! }
//!
//! proptest!(ProptestConfig::with_cases(64), |(people in 1e3..1e6_f64, share in 0.01..3.0_f64)| {
//!     let reach = Reach { people };
//!     laws::curve_keeps_its_contract(&reach, (0..=20).map(|step| f64::from(step) * people / 5.0))?;
//!     laws::marginal_is_the_slope(&reach, people * share)?;
//! });
//!
//! // Beside curves that bend where it does, so that they compete for the money.
//! proptest!(ProptestConfig::with_cases(64), |(other in curves().around(5_000.0), yuan in 1..50_000_i64)| {
//!     let budget = Money::new(yuan.into(), Currency::CNY).unwrap();
//!     let question = Optimisation::<Box<dyn ResponseCurve>>::draft(Aim::Response { budget })
//!         .line("radio", Box::new(Reach { people: 8_000.0 }) as Box<dyn ResponseCurve>, ..)
//!         .line("search", Box::new(other) as Box<dyn ResponseCurve>, ..);
//!     let best = question.solve().unwrap();
//!     laws::optimum_keeps_its_bounds(&question, &best)?;
//!     // What everything on the radio would bring is no better.
//!     laws::bound_is_not_beaten(&question, &best, [budget, Money::zero(Currency::CNY)])?;
//! });
//! ```
//!
//! # A budget service
//!
//! JSON goes in, lines or a list of problems come out. That the lines add up is a law of the answer;
//! that a faulty request is refused, where the fault is and with the code of its kind, is a law of the refusal:
//!
//! ```
//! use marketloop::Error;
//! use marketloop::budget::{Allocation, AllocationDraft};
//! use marketloop::laws;
//! use marketloop::strategies::allocations;
//! use proptest::prelude::*;
//!
//! fn allocate(request: &str) -> Result<Allocation, Error> {
//!     let draft: AllocationDraft = serde_json::from_str(request).expect("a later chapter");
//!     Ok(draft.check()?)
//! }
//!
//! proptest!(|(draft in allocations())| {
//!     let answer = allocate(&serde_json::to_string(&draft).unwrap()).unwrap();
//!     laws::allocation_adds_up(&answer, |line| line.amount())?;
//!     laws::reads_back_what_it_writes(&draft)?;
//! });
//! proptest!(|(request in allocations().almost_valid())| {
//!     laws::refuses(&request, allocate(request.json()))?;
//! });
//! // Rules that cannot hold together are no fault of form: the answer says which.
//! proptest!(|(draft in allocations().with_infeasible())| {
//!     let refusal = allocate(&serde_json::to_string(&draft).unwrap()).unwrap_err();
//!     prop_assert_eq!(refusal.code(), "conflict");
//! });
//! ```
//!
//! # Which law for what
//!
//! What a law takes is named by its signature; where it takes a function, hand in yours.
//!
