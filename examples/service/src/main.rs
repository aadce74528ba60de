//! Allocation and attribution as a JSON service: a question goes in, an answer or a list of problems comes out.
//!
//! | request | body | answer |
//! | --- | --- | --- |
//! | `POST /allocation` | a total and its rules | the lines with their amounts and why |
//! | `POST /attribution` | a model by its name, and paths | the credit of each channel |
//!
//! A refusal is a list of `{"path", "code", "text", "error"}`; the first problem's code decides the status.
//! `cargo run -- --serve 127.0.0.1:8080` listens; without it a fixed list of requests is answered in process.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, StatusCode, header::CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use marketloop::Error;
use marketloop::attribution::{AttributionModel, Credits, PathTable};
use marketloop::budget::{Allocation, AllocationDraft};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::process::ExitCode;
use tower::ServiceExt;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Attribution {
    model: AttributionModel,
    paths: PathTable,
}

fn allocation(draft: AllocationDraft) -> Result<Allocation, Error> {
    Ok(draft.check()?)
}

fn attribution(question: Attribution) -> Result<Credits, Error> {
    Ok(question.model.credit(&question.paths)?)
}

fn service() -> Router {
    Router::new()
        .route("/allocation", post(async |body: Bytes| answer(&body, allocation)))
        .route("/attribution", post(async |body: Bytes| answer(&body, attribution)))
}

/// The answer to a question, or what is wrong with it: with the path of each fault, in the question's JSON.
fn answer<Q: DeserializeOwned, A: Serialize>(body: &[u8], ask: fn(Q) -> Result<A, Error>) -> Response {
    let question = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(body));
    match question.map(ask) {
        Ok(Ok(answer)) => json(StatusCode::OK, &answer),
        Ok(Err(refusal)) => json(status(refusal.code()), &refusal.problems()),
        Err(unread) => {
            let problem = serde_json::json!({
                "path": unread.path().to_string(), "code": "syntax", "text": unread.inner().to_string(),
            });
            json(StatusCode::BAD_REQUEST, &[problem])
        }
    }
}

fn status(code: &str) -> StatusCode {
    match code {
        "not_found" => StatusCode::NOT_FOUND,
        "conflict" | "duplicate" => StatusCode::CONFLICT,
        "limit" => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

fn json(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(body) => (status, [(CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Failure> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some("--serve") {
        let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8080".into());
        axum::serve(tokio::net::TcpListener::bind(address).await?, service()).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut wrong = false;
    for (path, question, expected) in REQUESTS {
        let request = Request::post(path).body(Body::from(question))?;
        let response = service().oneshot(request).await?;
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 20).await?;
        println!("POST {path}  {question}\n  {status}  {}\n", String::from_utf8_lossy(&body));
        wrong |= status != expected;
    }
    Ok(if wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

const REQUESTS: [(&str, &str, StatusCode); 6] = [
    ("/allocation", RULES, StatusCode::OK),
    // 110 %: refused with the place and by how much.
    (
        "/allocation",
        r#"{"total":"100 CNY","rules":[{"id":"main","rule":{"divide":{"by":"percent","parts":[
            {"line":"SEM","weight":"70"},{"line":"KOL","weight":"40"}]}}}]}"#,
        StatusCode::UNPROCESSABLE_ENTITY,
    ),
    ("/allocation", r#"{"total":"100 RMBS","rules":[]}"#, StatusCode::BAD_REQUEST),
    ("/attribution", PATHS, StatusCode::OK),
    (
        "/attribution",
        r#"{"model":"markov(0)","paths":{"currency":"CNY","channels":[],"rows":[]}}"#,
        StatusCode::BAD_REQUEST,
    ),
    (
        "/attribution",
        r#"{"model":"linear","paths":{"currency":"CNY","channels":["SEM"],"rows":[{"path":[1],"nulls":1}]}}"#,
        StatusCode::BAD_REQUEST,
    ),
];

const RULES: &str = r#"{"total":"1000000 CNY","rules":[
    {"id":"contingency","rule":{"reserve":{"line":"contingency","size":{"amount":{"percent_of_total":"10"}},
        "purpose":"only for unforeseeable costs"}}},
    {"id":"main","rule":{"divide":{"by":"percent","parts":[
        {"line":"SEM","weight":"40"},{"line":"social","weight":"35"},{"line":"KOL","weight":"25"}]}}}]}"#;

const PATHS: &str = r#"{"model":"markov(1)","paths":{"currency":"CNY","channels":["SEM","social","email"],"rows":[
    {"path":[0,1],"conversions":40,"nulls":310,"value":1480000},
    {"path":[1,2,0],"conversions":25,"nulls":120,"value":990000},
    {"path":[2],"conversions":12,"nulls":60,"value":380000}]}}"#;
