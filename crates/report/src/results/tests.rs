use std::collections::BTreeSet;

use gannet_events::{FailureClass, RunEvent};

use super::*;
use crate::sample;
use crate::sink::EventSink;

fn json(events: &[RunEvent]) -> String {
    let mut bytes = Vec::new();
    let mut results = Results::new(&mut bytes).with_captures();
    for event in events {
        results.on_event(event);
    }
    results.finish().unwrap();
    drop(results);
    String::from_utf8(bytes).unwrap()
}

#[test]
fn whole_run() {
    insta::assert_snapshot!(json(&sample::whole_run()));
}

#[test]
fn every_field_is_documented() {
    fn names(value: &serde_json::Value, out: &mut BTreeSet<String>) {
        match value {
            serde_json::Value::Object(fields) => {
                for (name, value) in fields {
                    out.insert(name.clone());
                    names(value, out);
                }
            }
            serde_json::Value::Array(values) => {
                for value in values {
                    names(value, out);
                }
            }
            _ => {}
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/results.md");
    let document = std::fs::read_to_string(path).unwrap();
    let mut all = BTreeSet::new();
    names(
        &serde_json::from_str(&json(&sample::whole_run())).unwrap(),
        &mut all,
    );
    for name in all {
        assert!(document.contains(&format!("`{name}`")), "{name} is missing");
    }
}

#[test]
fn failure_classes_are_documented() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/results.md");
    let document = std::fs::read_to_string(path).unwrap();
    for class in FailureClass::ALL {
        let row = format!("| `{}` | {} |", class.name(), class.fault().name());
        assert!(document.contains(&row), "no row {row}");
    }
}

#[test]
fn a_run_that_broke_off_has_no_verdict() {
    let events = sample::whole_run();
    let value: serde_json::Value =
        serde_json::from_str(&json(&events[..events.len() - 1])).unwrap();
    assert!(value["verdict"].is_null());
    assert!(value["exit_code"].is_null());
    assert_eq!(value["summary"]["scenarios"]["timed_out"], 1);
}
