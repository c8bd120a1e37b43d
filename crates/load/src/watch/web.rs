//! The page of a run.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;

use gannet_control::web::{Access, Face, Shown, WebOrder, WebRun, WebServer};
use gannet_report::load::{LoadResults, Point, prometheus};
use gannet_report::load_report;
use serde::Serialize;

use super::{WatchError, WatchOptions};

/// Takes what the page orders; returns at once.
pub(crate) type Orders = Box<dyn Fn(WebOrder) + Send + Sync>;

/// Octets of a token that nobody has given.
const TOKEN_BYTES: usize = 16;

/// What those who follow a run get each second.
#[derive(Serialize)]
struct News<'n> {
    figures: &'n gannet_report::load::LoadFigures,
    point: Option<&'n Point>,
    verdict: Option<&'n gannet_report::load::LoadVerdict>,
}

/// Begins to serve, and says where.
pub(super) fn serve(
    options: &WatchOptions,
    results: &LoadResults,
    orders: Orders,
) -> Result<Option<WebServer>, WatchError> {
    let Some(address) = options.http else {
        return Ok(None);
    };
    let access = match &options.http_token {
        Some(token) => Access::Token(token.clone()),
        None if address.0.ip().is_loopback() => Access::Local,
        None => Access::Token(token().map_err(WatchError::Token)?),
    };
    let run = WebRun { orders };
    let server = WebServer::start(address.0, access.clone(), run, shown(results, None))?;
    let query = match &access {
        Access::Token(token) => format!("?token={token}"),
        Access::Local => String::new(),
    };
    // Nobody reads it: nobody needs it.
    let _ = writeln!(
        io::stderr().lock(),
        "web page: http://{}/{query}",
        server.local_addr()
    );
    Ok(Some(server))
}

/// The state of a run, ready to be shown.
pub(super) fn shown(results: &LoadResults, point: Option<&Point>) -> Shown {
    let news = News {
        figures: &results.figures,
        point,
        verdict: results.verdict.as_ref(),
    };
    let event = serde_json::to_string(&news).expect("names and numbers can always be written");
    let results = Arc::new(results.clone());
    Shown::new(event, move |face| match face {
        Face::State => results.json(),
        Face::Metrics => prometheus(&results.scenario, &results.figures),
        Face::Report => load_report(&results),
    })
}

/// Something that cannot be guessed.
fn token() -> io::Result<String> {
    let mut octets = [0; TOKEN_BYTES];
    File::open("/dev/urandom")?.read_exact(&mut octets)?;
    Ok(format!("{:032x}", u128::from_be_bytes(octets)))
}
