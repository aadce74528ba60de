//! What the example prints, word for word: the documents' figures, and every refusal with its path.

#[path = "../../examples/quarter.rs"]
#[allow(dead_code, reason = "its main is the example's")]
mod quarter;

#[path = "../../examples/kpi_tree.rs"]
#[allow(dead_code, reason = "its main is the example's")]
mod kpi_tree;

fn data(name: &str) -> String {
    format!("{}/examples/data/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_quarter_prints_the_documents_figures() {
    let report = quarter::run(&data("quarter.json")).unwrap();
    assert_eq!(report, std::fs::read_to_string(data("quarter_report.txt")).unwrap());
}

#[test]
fn a_broken_quarter_is_refused_with_every_path() {
    let refusal = quarter::run(&data("quarter_broken.json")).unwrap_err().to_string();
    assert_eq!(refusal, std::fs::read_to_string(data("quarter_refusal.txt")).unwrap().trim_end());
}

#[test]
fn the_tree_tells_why_sales_moved() {
    let report = kpi_tree::run(&data("kpi_tree.json")).unwrap();
    assert_eq!(report, std::fs::read_to_string(data("kpi_tree_report.txt")).unwrap());
}
