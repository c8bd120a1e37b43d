//! What looks at any run of load beside the faces of the tool that it stands in for: the folder of
//! `--out`, the conditions of `--fail-if`, the page of `--http`.
//!
//! All of it reads one document that is made once a second from a snapshot; nothing of it runs on a
//! thread that plays calls, except `Recorder`, which keeps the messages of some calls until it is
//! known whether they failed.

mod about;
mod error;
mod examples;
mod options;
mod recorder;
mod traffic;
mod watching;
mod web;

pub use error::WatchError;
pub use gannet_control::web::HttpAddress;
pub use options::WatchOptions;

pub(crate) use about::About;
pub(crate) use examples::Examples;
pub(crate) use recorder::Recorder;
pub(crate) use traffic::TrafficWatch;
pub(crate) use watching::{Judged, State, Watch};
pub(crate) use web::Orders;
