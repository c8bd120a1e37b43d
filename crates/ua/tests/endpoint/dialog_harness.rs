//! A call that stands, and what is said in it.

use gannet_sim::Bench;
use gannet_sip::{Message, Method};
use gannet_ua::endpoint::{Body, CallId, Happening, Reply, RequestId, SendError};
use gannet_ua::transaction::TransactionId;

/// A call of bob that was confirmed; gives alice's tag.
pub(crate) fn talking(bench: &mut Bench) -> (CallId, String) {
    let (call, _) = bench.incoming_call();
    bench
        .endpoint
        .accept(bench.now, call, Bench::contact(), Reply::new(200));
    let tag = bench.sent_one().to_tag().expect("a tag");
    bench.receive_message(&Bench::request("ACK", "ack", &tag, 1, ""));
    bench.happenings();
    (call, tag)
}

pub(crate) fn reinvite_of_bob(tag: &str, branch: &str, cseq: u32) -> Message {
    let contact = "Contact: <sip:bob@10.0.0.2>\n";
    Bench::request("INVITE", branch, tag, cseq, contact)
}

pub(crate) fn asked(bench: &mut Bench) -> TransactionId {
    let happenings = bench.happenings();
    let [Happening::Request { request, .. }] = happenings[..] else {
        panic!("{happenings:#?}")
    };
    request
}

pub(crate) fn send(
    bench: &mut Bench,
    call: CallId,
    method: Method,
) -> Result<RequestId, SendError> {
    let body = (method == Method::Invite).then(|| Body::sdp("v=0\r\n"));
    bench
        .endpoint
        .request_in_call(bench.now, call, method, Vec::new(), body)
}
