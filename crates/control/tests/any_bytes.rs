//! No bytes make remote control panic, and every answer can be read.

mod support;

use std::sync::Arc;

use gannet_control::seagull::{Desk, Parsed, Request};
use proptest::prelude::*;
use support::{layout, snapshot};

fn near_requests() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "GET ",
        "PUT ",
        "POST ",
        "/seagull",
        "/command",
        "/counters",
        "/data",
        "/rate",
        "/ramp",
        "/all",
        "/view",
        "/protocoldata",
        "/scenariodata",
        "/trafficdata",
        "?value=",
        "&duration=",
        "1",
        "18446744073709551616",
        "-",
        "%",
        "é",
        " HTTP/1.1",
        " HTTP/1.0",
        "\r\n",
        "\n",
        "\r\n\r\n",
        "content-length: 3",
        "Content-Length: 99999999",
        ":",
        "abc",
    ]);
    prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}

fn read_all(bytes: &[u8]) {
    let mut desk = Desk::new(Arc::new(layout()));
    let now = Arc::new(snapshot(4_000));
    let mut rest = bytes;
    while let Parsed::Complete(request, length) = Request::parse(rest) {
        assert!(length > 0 && length <= rest.len());
        rest = &rest[length..];
        let answer = desk.answer(&request, Some(Arc::clone(&now)));
        let text = String::from_utf8(answer.bytes).expect("answers are text");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        let length = head.rsplit_once(' ').expect("a length").1;
        assert_eq!(length, body.len().to_string());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        read_all(&bytes);
    }

    #[test]
    fn what_looks_like_requests_is_answered(text in near_requests()) {
        read_all(text.as_bytes());
    }
}
