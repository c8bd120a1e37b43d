//! Requests and their answers.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::{Notify, Semaphore, watch};

use super::events::{EVENT_STREAMS_MAX, EventStream};
use super::server::WebRun;
use super::{Access, Face, Shown, WebOrder};

/// The most octets of an order.
const ORDER_BYTES_MAX: usize = 4 * 1024;
/// The dashboard: it loads nothing from anywhere else.
const DASHBOARD: &str = include_str!("dashboard.html");
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

type Answer = Response<BoxBody<Bytes, Infallible>>;

/// What all connections share.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) access: Access,
    pub(super) run: WebRun,
    pub(super) newest: watch::Receiver<Arc<Shown>>,
    pub(super) followers: Arc<Semaphore>,
}

impl Service {
    pub(super) fn new(access: Access, run: WebRun, newest: watch::Receiver<Arc<Shown>>) -> Self {
        Self {
            access,
            run,
            newest,
            followers: Arc::new(Semaphore::new(EVENT_STREAMS_MAX)),
        }
    }

    /// Answers a request. The flag says that the answer goes on until the run ends.
    pub(super) async fn answer(
        &self,
        request: Request<Incoming>,
        stalled: &Arc<Notify>,
    ) -> (Answer, bool) {
        if !self.access.permits(request.uri(), request.headers()) {
            let (status, text) = match self.access {
                Access::Local => (
                    StatusCode::FORBIDDEN,
                    "this page is only for this machine: open it as http://127.0.0.1:PORT/\n",
                ),
                Access::Token(_) => (
                    StatusCode::UNAUTHORIZED,
                    "a token is needed: ?token=TOKEN, or Authorization: Bearer TOKEN\n",
                ),
            };
            return (plain(status, text), false);
        }
        let face = |face| self.newest.borrow().face(face);
        let path = request.uri().path().to_owned();
        let answer = match (request.method(), path.as_str()) {
            (&Method::GET, "/") => full(
                "text/html; charset=utf-8",
                Bytes::from_static(DASHBOARD.as_bytes()),
            ),
            (&Method::GET, "/api/state") => full("application/json", face(Face::State)),
            (&Method::GET, "/metrics") => full("text/plain; version=0.0.4", face(Face::Metrics)),
            (&Method::GET, "/report") => full("text/html; charset=utf-8", face(Face::Report)),
            (&Method::GET, "/api/events") => return self.follow(stalled),
            (&Method::POST, "/api/control") => self.order(request).await,
            (_, "/" | "/api/state" | "/metrics" | "/report" | "/api/events" | "/api/control") => {
                plain(StatusCode::METHOD_NOT_ALLOWED, "not with this method\n")
            }
            _ => plain(StatusCode::NOT_FOUND, "there is no such page\n"),
        };
        (answer, false)
    }

    fn follow(&self, stalled: &Arc<Notify>) -> (Answer, bool) {
        let Ok(place) = Arc::clone(&self.followers).try_acquire_owned() else {
            let text = "too many follow this run already\n";
            return (plain(StatusCode::SERVICE_UNAVAILABLE, text), false);
        };
        let stream = EventStream::follow(self.newest.clone(), place, Arc::clone(stalled));
        let mut answer = Response::new(stream.boxed());
        head(&mut answer, "text/event-stream");
        (answer, true)
    }

    /// An order has a type that forms of other pages cannot send.
    async fn order(&self, request: Request<Incoming>) -> Answer {
        let is_json = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|field| field.to_str().ok())
            .is_some_and(|field| field.split(';').next() == Some("application/json"));
        if !is_json {
            let text = "expected Content-Type: application/json\n";
            return plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, text);
        }
        let body = Limited::new(request.into_body(), ORDER_BYTES_MAX)
            .collect()
            .await;
        let Ok(body) = body else {
            return plain(StatusCode::PAYLOAD_TOO_LARGE, "an order is shorter\n");
        };
        match WebOrder::read(&body.to_bytes()) {
            Ok(order) => {
                (self.run.orders)(order);
                let mut answer = full(
                    "application/json",
                    Bytes::from_static(b"{\"accepted\":true}\n"),
                );
                *answer.status_mut() = StatusCode::ACCEPTED;
                answer
            }
            Err(why) => plain(StatusCode::BAD_REQUEST, &format!("no order: {why}\n")),
        }
    }
}

fn plain(status: StatusCode, text: &str) -> Answer {
    let mut answer = full(
        "text/plain; charset=utf-8",
        Bytes::copy_from_slice(text.as_bytes()),
    );
    *answer.status_mut() = status;
    answer
}

fn full(kind: &'static str, body: Bytes) -> Answer {
    let mut answer = Response::new(Full::new(body).boxed());
    head(&mut answer, kind);
    answer
}

fn head(answer: &mut Answer, kind: &'static str) {
    let fields = answer.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ] {
        fields.insert(name, HeaderValue::from_static(value));
    }
}
