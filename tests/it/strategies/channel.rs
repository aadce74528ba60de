//! The strategies of channels.

use super::{Sample, accepted, each_fault_is_refused, read};
use marketloop::channel::{
    ActionTable, ChannelError, ChannelFigure, CoOccurrence, Concentration, ContentMatrix, ContentMatrixDraft,
    InfluencerPyramid, LifetimeValue, Metric, Quadrants, Scorecard, ScorecardDraft,
};
use marketloop::laws;
use marketloop::quantity::{Count, Ratio};
use marketloop::strategies::{self, almost_valid};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use serde::Serialize;
use serde_json::Value;

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

/// How many figures and how many metrics a draft tells.
fn told(draft: &ScorecardDraft) -> (usize, usize) {
    let json = json(draft);
    let is_figure =
        |key: &String| ChannelFigure::ALL.iter().any(|figure| *key == text(figure).trim_matches('"'));
    let fields = json.as_object().unwrap().keys().filter(|key| *key != "metrics_rounded_to");
    let (figures, metrics): (Vec<_>, Vec<_>) = fields.partition(|key| is_figure(key));
    (figures.len(), metrics.len())
}

#[test]
fn scorecards() {
    let sample = Sample { name: "scorecards", strategy: strategies::scorecards(), of: "figures" };
    sample.is_valid_and_often_an_edge(
        |card| ChannelFigure::ALL.iter().filter(|figure| card.figure(**figure).get().is_ok()).count(),
        |card| {
            let counts = [
                card.impressions(),
                card.clicks(),
                card.visitors(),
                card.conversions(),
                card.new_customers(),
            ];
            let counts = counts.map(|count| count.get().unwrap());
            counts[4] == Count::new(1) || counts.windows(2).any(|pair| pair[0] == pair[1])
        },
        laws::reads_back_what_it_writes,
    );
    sample.shrinks_to_text(|card| card.metric(Metric::ClickThroughRate).unwrap() < Ratio::ONE, text, r#"{"impressions":2,"engagements":1,"clicks":1,"visitors":1,"conversions":1,"new_customers":1,"spend":{"amount":"0.02","currency":"CNY"},"revenue":{"amount":"0.02","currency":"CNY"}}"#);
}

#[test]
fn scorecard_drafts() {
    let sample = Sample {
        name: "scorecard_drafts",
        strategy: strategies::scorecard_drafts(),
        of: "figures and metrics",
    };
    sample.is_valid_and_often_an_edge(
        |(_, draft)| told(draft).0 + told(draft).1,
        |(_, draft)| {
            let (figures, metrics) = told(draft);
            figures < 3 || figures == 8 || metrics < 3
        },
        |(_, draft)| accepted(draft.clone().check()),
    );
    sample.shrinks_to_text(
        |(_, draft)| {
            // A figure that is implied.
            let (figures, card) = (told(draft).0, draft.clone().check().unwrap());
            ChannelFigure::ALL.iter().filter(|figure| card.figure(**figure).get().is_ok()).count() > figures
        },
        |(_, draft)| text(draft),
        r#"{"spend":{"amount":"0.01","currency":"CNY"},"net_return":"0%"}"#,
    );
}

#[test]
fn exports_with_rounded_metrics() {
    let rounded = strategies::scorecard_drafts().with_rounded_metrics(0..=2);
    let mut runner = super::runner(1_000);
    for _ in 0..1_000 {
        let (_, draft) = rounded.new_tree(&mut runner).unwrap().current();
        accepted(draft.check()).unwrap();
    }
    let sample = Sample { name: "scorecard_drafts", strategy: rounded, of: "figures and metrics" };
    sample.shrinks_to_text(
        |(_, draft)| {
            let card = draft.clone().check().unwrap();
            card.figure_range(ChannelFigure::Clicks).get().is_ok() && card.clicks().get().is_err()
        },
        |(_, draft)| text(draft),
        r#"{"spend":{"amount":"0.01","currency":"CNY"},"conversion_rate":{"value":"37.5","unit":"%"},"average_order_value":{"value":"0.1","unit":"CNY/conversion"},"return_on_ad_spend":"1:951","metrics_rounded_to":1}"#,
    );
}

#[test]
fn contradictions() {
    let false_ones = strategies::scorecard_drafts().with_contradiction();
    let is_contradiction = |draft: &ScorecardDraft| {
        let refused = draft.clone().check().unwrap_err();
        refused.iter().all(|problem| matches!(problem.error, ChannelError::Contradiction { .. }))
    };
    let mut runner = super::runner(1_000);
    for _ in 0..1_000 {
        let (_, draft) = false_ones.new_tree(&mut runner).unwrap().current();
        assert!(is_contradiction(&draft), "{}", draft.check().unwrap_err());
    }
    let sample = Sample { name: "scorecard_drafts", strategy: false_ones, of: "figures and metrics" };
    sample.shrinks_to_text(|(_, draft)| is_contradiction(draft), |(_, draft)| text(draft), r#"{"impressions":1,"engagements":1,"clicks":1,"visitors":1,"conversions":1,"new_customers":1,"spend":{"amount":"0.02","currency":"CNY"},"revenue":{"amount":"0.01","currency":"CNY"},"cost_per_click":{"value":"0.01","unit":"CNY/click"}}"#);
}

#[test]
fn content_matrices() {
    let sample = Sample { name: "content_matrices", strategy: strategies::content_matrices(), of: "cells" };
    sample.is_valid_and_often_an_edge(
        |draft| {
            let matrix = draft.clone().check().unwrap();
            matrix.kinds().len() * matrix.platforms().len()
        },
        |draft| {
            let matrix = draft.clone().check().unwrap();
            let is_empty = |kind: &str| matrix.pieces_of_content(kind) == Some(Count::ZERO);
            matrix.kinds().len() == 1 || matrix.platforms().len() == 1 || matrix.kinds().any(is_empty)
        },
        |draft| accepted(draft.clone().check()),
    );
    sample.shrinks_to_text(
        |draft| {
            let drift = draft
                .clone()
                .check()
                .unwrap()
                .drift()
                .map(|gaps| gaps.iter().any(|gap| gap.actual != gap.planned));
            drift.unwrap_or(false)
        },
        text,
        r#"{"platforms":[{"name":"platform 1","core_kpi":"core KPI","target":"at least 0"}],"contents":[{"name":"kind 1","pieces":[0]},{"name":"kind 2","pieces":[1]}],"mix":[["kind 2","0"],["kind 1","1"]]}"#,
    );
}

#[test]
fn action_tables() {
    let sample = Sample { name: "action_tables", strategy: strategies::action_tables(), of: "rules" };
    let words = |table: &ActionTable| -> Vec<String> {
        table.table().rules().map(|(_, outputs)| outputs[0].to_string()).collect()
    };
    sample.is_valid_and_often_an_edge(
        |table| table.table().rules().len(),
        |table| {
            let mut words = words(table);
            let count = words.len();
            words.sort();
            words.dedup();
            count == 1 || words.len() < count
        },
        laws::reads_back_what_it_writes,
    );
    sample.shrinks_to_text(|table| words(table).len() > 1, |table| json(table)["rules"].to_string(), r#"[{"then":["\"replace\""],"when":["-",">= 0","-","-","-"]},{"then":["\"keep\""],"when":["-","-","-","-","-"]}]"#);
}

#[test]
fn influencer_pyramids() {
    let sample =
        Sample { name: "influencer_pyramids", strategy: strategies::influencer_pyramids(), of: "tiers" };
    sample.is_valid_and_often_an_edge(
        |pyramid| pyramid.tiers().len(),
        |pyramid| pyramid.tiers().len() == 1 || pyramid.tiers().windows(2).any(|pair| pair[0].1 == pair[1].1),
        laws::reads_back_what_it_writes,
    );
    sample.shrinks_to_text(|pyramid| pyramid.tiers().len() > 1, text, r#"[["tier 1",1],["tier 2",1]]"#);
}

#[test]
fn quadrants() {
    let sample = Sample { name: "quadrants", strategy: strategies::quadrants(), of: "edges" };
    sample.is_valid_and_often_an_edge(
        |_| 2,
        |quadrants| text(quadrants).contains(r#""0""#) || text(quadrants).contains(r#""0.0"#),
        laws::reads_back_what_it_writes,
    );
    sample.shrinks_to_text(
        |quadrants| {
            quadrants.place(Ratio::ONE, marketloop::quantity::Money::zero(quadrants.currency())).unwrap()
                == marketloop::channel::Quadrant::LowValueHighCost
        },
        text,
        r#"{"cost":{"amount":"0.00","currency":"CNY"},"value":{"amount":"0.01","currency":"CNY"}}"#,
    );
}

#[test]
fn lifetime_values() {
    let sample = Sample { name: "lifetime_values", strategy: strategies::lifetime_values(), of: "values" };
    sample.is_valid_and_often_an_edge(
        |_| 1,
        |customer| {
            let json = json(customer);
            let is_end = |field: &str| json[field] == "0" || json[field] == "1";
            is_end("retention") || is_end("gross_margin") || json["orders"] == "0" || json["horizon"] == 0
        },
        laws::reads_back_what_it_writes,
    );
    sample.shrinks_to_text(|customer| customer.value().is_undefined(), text, r#"{"order_value":{"amount":"0.00","currency":"CNY"},"gross_margin":"0","orders":"0","retention":"1","period":"week"}"#);
}

#[test]
fn co_occurrences() {
    let sample = Sample { name: "co_occurrences", strategy: strategies::co_occurrences(), of: "channels" };
    sample.is_valid_and_often_an_edge(
        |reach| reach.channels().len(),
        |reach| {
            let reaches_nobody = |channel: &String| reach.count_of(channel) == Ok(0);
            reach.channels().len() == 1 || reach.channels().iter().any(reaches_nobody)
        },
        laws::reads_back_what_it_writes,
    );
    sample.shrinks_to_text(
        |reach| reach.closest().is_some_and(|(_, _, share)| !share.is_zero()),
        text,
        r#"{"channels":["channel 1","channel 2"],"all":1,"counts":[[1,1],[1]]}"#,
    );
}

#[test]
fn concentrations() {
    let sample = Sample { name: "concentrations", strategy: strategies::concentrations(), of: "channels" };
    sample.is_valid_and_often_an_edge(
        |shares| shares.entries().len(),
        |shares| {
            let mut parts: Vec<_> = shares.entries().iter().map(|(_, part)| *part).collect();
            parts.sort_unstable();
            parts.len() == 1 || parts[0].is_zero() || parts.windows(2).any(|pair| pair[0] == pair[1])
        },
        laws::reads_back_what_it_writes,
    );
    sample.shrinks_to_text(|shares| shares.index() < Ratio::ONE, text, r#"{"channels":[{"channel":"channel 1","contribution":"100"},{"channel":"channel 2","contribution":"100"}],"dependences":[]}"#);
}

#[test]
fn drafts_with_one_fault_are_refused_with_just_that() {
    each_fault_is_refused(strategies::scorecard_drafts().almost_valid(), 7, |case| {
        laws::refuses(case, serde_json::from_str::<ScorecardDraft>(case.json()).unwrap().check())
    });
    each_fault_is_refused(strategies::content_matrices().almost_valid(), 7, |case| {
        laws::refuses(case, serde_json::from_str::<ContentMatrixDraft>(case.json()).unwrap().check())
    });
}

#[test]
fn other_forms_of_channels_are_refused() {
    let matrices = strategies::content_matrices().prop_map(|draft| draft.check().unwrap());
    proptest!(ProptestConfig::with_cases(256), |(
        card in almost_valid(strategies::scorecards()),
        matrix in almost_valid(matrices),
        actions in almost_valid(strategies::action_tables()),
        pyramid in almost_valid(strategies::influencer_pyramids()),
        quadrants in almost_valid(strategies::quadrants()),
        customer in almost_valid(strategies::lifetime_values()),
        reach in almost_valid(strategies::co_occurrences()),
        shares in almost_valid(strategies::concentrations()),
    )| {
        laws::refuses_form(&card, read::<Scorecard>(card.json()))?;
        laws::refuses_form(&matrix, read::<ContentMatrix>(matrix.json()))?;
        laws::refuses_form(&actions, read::<ActionTable>(actions.json()))?;
        laws::refuses_form(&pyramid, read::<InfluencerPyramid<String>>(pyramid.json()))?;
        laws::refuses_form(&quadrants, read::<Quadrants>(quadrants.json()))?;
        laws::refuses_form(&customer, read::<LifetimeValue>(customer.json()))?;
        laws::refuses_form(&reach, read::<CoOccurrence<String>>(reach.json()))?;
        laws::refuses_form(&shares, read::<Concentration<String>>(shares.json()))?;
    });
}
