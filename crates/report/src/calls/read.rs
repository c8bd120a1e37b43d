//! Which kind of file it is.

use std::fs;
use std::path::Path;

use gannet_events::{WireKind, WireRecord};
use gannet_sip::Message;

use super::{CallsError, capture, sipp_log};
use crate::load::{RunResults, read_results};

/// First octets of pcap (both byte orders, both resolutions) and pcapng.
const CAPTURES: [[u8; 4]; 5] = [
    [0xd4, 0xc3, 0xb2, 0xa1],
    [0xa1, 0xb2, 0xc3, 0xd4],
    [0x4d, 0x3c, 0xb2, 0xa1],
    [0xa1, 0xb2, 0x3c, 0x4d],
    [0x0a, 0x0d, 0x0d, 0x0a],
];

/// Reads the messages and media packets of a capture, a message log of SIPp, or the results of a run
/// (folder or `results.json`).
///
/// # Errors
/// It cannot be read, or is nothing of that kind.
pub fn read_calls(path: &Path) -> Result<Vec<WireRecord>, CallsError> {
    if path.is_dir() {
        return of_results(path);
    }
    let octets = fs::read(path).map_err(|source| CallsError::File {
        path: path.to_owned(),
        source,
    })?;
    if CAPTURES.iter().any(|magic| octets.starts_with(magic)) {
        return capture::read(&octets).map_err(|source| CallsError::Capture {
            path: path.to_owned(),
            source,
        });
    }
    if sipp_log::looks_like(&octets) {
        return Ok(sipp_log::read(&octets));
    }
    if octets.trim_ascii_start().starts_with(b"{") {
        return of_results(path);
    }
    Err(CallsError::Unknown(path.to_owned()))
}

/// Of a run of load the calls that failed; of features what was captured.
fn of_results(path: &Path) -> Result<Vec<WireRecord>, CallsError> {
    let mut records = Vec::new();
    match read_results(path)? {
        RunResults::Load(results) => {
            for example in &results.examples {
                records.extend(example.records());
            }
        }
        RunResults::Features(results) => {
            let folder = if path.is_dir() {
                path
            } else {
                path.parent().unwrap_or(Path::new(""))
            };
            for capture in results.captures() {
                records.extend(read_calls(&folder.join(capture))?);
            }
        }
    }
    if records.is_empty() {
        return Err(CallsError::Empty(path.to_owned()));
    }
    Ok(records)
}

/// The Call-IDs of the messages, in the order in which they begin.
pub fn call_ids(records: &[WireRecord]) -> Vec<String> {
    let mut by_time: Vec<&WireRecord> = records
        .iter()
        .filter(|record| record.kind == WireKind::Sip)
        .collect();
    by_time.sort_by_key(|record| record.at);
    let mut seen = std::collections::HashSet::new();
    let mut ids = Vec::new();
    for record in by_time {
        let message = Message::parse(record.bytes.clone());
        if let Some(id) = message.call_id()
            && seen.insert(id.to_owned())
        {
            ids.push(id.to_owned());
        }
    }
    ids
}
