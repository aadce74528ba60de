//! The strategies of changes and what explains them.

use super::{Sample, each_form_is_refused};
use marketloop::decompose::{
    Contributions, DecompositionMethod, Element, ProductSales, Segment, adtributor, explain_product,
    mix_rate, price_volume_mix,
};
use marketloop::laws::{self, Broken};
use marketloop::quantity::Rounding;
use marketloop::strategies;
use rust_decimal::Decimal;

#[test]
fn changes() {
    let changes = Sample { name: "changes", strategy: strategies::changes(), of: "factors" };
    changes.is_valid_and_often_an_edge(
        |(before, _)| before.len(),
        |(before, after)| {
            let mut pairs = before.iter().zip(after);
            before.len() == 1 || pairs.any(|(a, b)| a == b || a.is_zero() || b.is_zero())
        },
        |(before, after)| {
            explain_product(before, after, DecompositionMethod::LogMean, (2, Rounding::HalfEven))
                .map(drop)
                .map_err(|error| Broken::new("explains", format!("{before:?} to {after:?}: {error}")))
        },
    );
    changes.shrinks_to(|(before, after)| before.len() > 1 && before[0] != after[0], "([0, 0], [1, 0])");
}

#[test]
fn segments() {
    let strategy = strategies::segments();
    let segments = Sample { name: "segments", strategy: strategy.clone(), of: "rows" };
    segments.is_valid_and_often_an_edge(
        Vec::len,
        |rows| {
            let none = |row: &Segment<String>| {
                [row.numerator_before, row.denominator_before, row.numerator_after, row.denominator_after]
                    .contains(&Decimal::ZERO)
            };
            rows.len() == 1 || rows.iter().any(none)
        },
        |rows| {
            let why =
                mix_rate(rows, (6, Rounding::HalfEven)).map_err(|error| Broken::new("explains", error))?;
            laws::explanation_closes(why.total(), &why)
        },
    );
    let json = |rows: &Vec<Segment<String>>| serde_json::to_string(rows).unwrap();
    segments.shrinks_to_text(|rows| rows.len() > 1, json, r#"[{"key":"row 1","numerator_before":"1","denominator_before":"1","numerator_after":"1","denominator_after":"1"},{"key":"row 2","numerator_before":"1","denominator_before":"1","numerator_after":"1","denominator_after":"1"}]"#);
    each_form_is_refused::<Vec<Segment<String>>>(strategies::almost_valid(strategy));
}

#[test]
fn product_sales() {
    let strategy = strategies::product_sales();
    let sales = Sample { name: "product_sales", strategy: strategy.clone(), of: "rows" };
    sales.is_valid_and_often_an_edge(
        Vec::len,
        |rows| {
            let none = |row: &ProductSales<String>| {
                let quantity = |sale: Option<(Decimal, Decimal)>| sale.map_or(Decimal::ZERO, |sale| sale.0);
                quantity(row.before()).is_zero() || quantity(row.after()).is_zero()
            };
            rows.len() == 1 || rows.iter().any(none)
        },
        |rows| {
            let why = price_volume_mix(rows, 2).map_err(|error| Broken::new("explains", error))?;
            laws::effects_explain_each_product(rows, &why)
        },
    );
    let json = |rows: &Vec<ProductSales<String>>| serde_json::to_string(rows).unwrap();
    sales.shrinks_to_text(|rows| rows.len() > 1, json, r#"[{"key":"row 1","before":{"quantity":"1","price":"10"},"after":null},{"key":"row 2","before":null,"after":null}]"#);
    each_form_is_refused::<Vec<ProductSales<String>>>(strategies::almost_valid(strategy));
}

#[test]
fn elements() {
    let strategy = strategies::elements();
    let elements = Sample { name: "elements", strategy: strategy.clone(), of: "rows" };
    elements.is_valid_and_often_an_edge(
        Vec::len,
        |rows| rows.len() == 1 || rows.iter().any(|row| row.forecast.is_zero() || row.forecast == row.actual),
        |rows| {
            let why =
                adtributor(rows).map_err(|error| Broken::new("explains", format!("{error}: {rows:?}")))?;
            laws::explanatory_powers_add_up(&why)
        },
    );
    let json = |rows: &Vec<Element<String>>| serde_json::to_string(rows).unwrap();
    elements.shrinks_to_text(
        |rows| rows.len() > 1,
        json,
        r#"[{"key":"row 1","forecast":"1","actual":"2"},{"key":"row 2","forecast":"1","actual":"1"}]"#,
    );
    each_form_is_refused::<Vec<Element<String>>>(strategies::almost_valid(strategy));
}

#[test]
fn contributions() {
    let strategy = strategies::contributions();
    let contributions = Sample { name: "contributions", strategy: strategy.clone(), of: "parts" };
    contributions.is_valid_and_often_an_edge(
        |why| why.parts().len(),
        |why| why.parts().is_empty() || why.iter().any(|part| part.value.is_zero()),
        |why| {
            laws::explanation_closes(why.total(), why)?;
            laws::reads_back_what_it_writes(why)
        },
    );
    let json = |why: &Contributions<String>| serde_json::to_string(why).unwrap();
    contributions.shrinks_to_text(|why| why.parts().len() > 1, json, r#"{"total":"0","unit":"1","parts":[{"key":"row 1","value":"0","unit":"1","method":"given"},{"key":"row 2","value":"0","unit":"1","method":"given"}]}"#);
    each_form_is_refused::<Contributions<String>>(strategies::almost_valid(strategy));
}
