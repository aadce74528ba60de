//! Quantiles, mean and standard deviation of conversion times (numpy).

use super::files;
use marketloop::funnel::Durations;
use marketloop::stats::QuantileMethod;
use marketloop::time::Duration;

const METHODS: [(&str, QuantileMethod); 9] = [
    ("inverted_cdf", QuantileMethod::InvertedEmpirical),
    ("averaged_inverted_cdf", QuantileMethod::InvertedEmpiricalAveraged),
    ("closest_observation", QuantileMethod::NearestEven),
    ("interpolated_inverted_cdf", QuantileMethod::InterpolatedEmpirical),
    ("hazen", QuantileMethod::Hazen),
    ("weibull", QuantileMethod::Weibull),
    ("linear", QuantileMethod::Linear),
    ("median_unbiased", QuantileMethod::MedianUnbiased),
    ("normal_unbiased", QuantileMethod::NormalUnbiased),
];

#[test]
fn funnel_time_to_convert() {
    for golden in files("funnel_time_to_convert") {
        let (mut checked, mut worst) = (0, 0.0_f64);
        let mut check = |found: f64, expected: f64, what: &str| {
            let error = (found - expected).abs() / expected.abs().max(f64::MIN_POSITIVE);
            assert!(error <= 1e-12 || found.to_bits() == expected.to_bits(), "{what}: {found} {expected}");
            worst = worst.max(error);
        };
        for set in golden.list("sets") {
            let values = set["durations"].as_array().unwrap().iter().map(|value| value.as_u64().unwrap());
            let took = Durations::new(values.map(Duration::from_seconds));
            let wanted: Vec<f64> = set["q"].as_array().unwrap().iter().map(|q| q.as_f64().unwrap()).collect();
            for (key, expected) in set.as_object().unwrap() {
                if let Some((_, method)) = METHODS.iter().find(|(name, _)| name == key) {
                    let expected = expected.as_array().unwrap();
                    assert_eq!(expected.len(), wanted.len());
                    for (q, expected) in wanted.iter().zip(expected) {
                        check(took.quantile(*q, *method).unwrap(), expected.as_f64().unwrap(), key);
                    }
                    checked += 1;
                    continue;
                }
                let found = match key.as_str() {
                    "mean" => took.mean(),
                    "std_ddof1" => took.standard_deviation(),
                    "durations" | "q" => continue,
                    other => panic!("{}: unknown block {other}", golden.file),
                };
                // What does not exist is null there and an error here.
                match expected.as_f64() {
                    Some(expected) => check(found.unwrap(), expected, key),
                    None => assert!(found.is_err(), "{key}"),
                }
                checked += 1;
            }
        }
        println!("{}: worst relative error {worst:e}", golden.file);
        golden.checked(checked);
    }
}
