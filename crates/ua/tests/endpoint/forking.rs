//! One INVITE, several answers (RFC 3261 12.1, 13.2.2.4).

use gannet_sip::HeaderName;
use gannet_ua::endpoint::{EndCause, Happening};

use crate::harness::{assert_drains, bench, cseq, ends, text};

#[test]
fn the_second_2xx_is_acknowledged_and_ended() {
    let mut bench = bench();
    let (call, invite) = bench.call();
    for tag in ["one", "two", "three"] {
        bench.answer_with_contact(&invite, 180, tag);
    }
    assert_eq!(bench.happenings().len(), 3);
    bench.answer_with_contact(&invite, 200, "two");
    assert_eq!(bench.sent_titles(), ["ACK"]);
    bench.answer_with_contact(&invite, 200, "three");
    let sent = bench.sent();
    let [ack, bye] = &sent[..] else {
        panic!("{sent:#?}")
    };
    assert_eq!(ack.title(), "ACK");
    assert_eq!(bye.title(), "BYE");
    for message in [ack, bye] {
        assert_eq!(message.to_tag().as_deref(), Some("three"));
        assert_eq!(message.request_uri_text(), Some("sip:three@10.0.0.2"));
    }
    assert_eq!((cseq(ack), cseq(bye)), (1, 2));
    // Repeated: the ACK again, no second BYE.
    let ack = ack.clone();
    bench.answer_with_contact(&invite, 200, "three");
    assert_eq!(bench.sent_one(), ack);
    bench.answer(&bye.clone(), 200, "three", |response| response);
    let happenings = bench.happenings();
    assert!(
        matches!(happenings[..], [Happening::Answered { .. }]),
        "{happenings:#?}"
    );
    assert_eq!(
        bench
            .endpoint
            .dialog(call)
            .map(|dialog| dialog.remote_tag.as_str()),
        Some("two")
    );
}

#[test]
fn a_fork_that_rings_can_be_spoken_to() {
    let mut bench = bench();
    let (call, invite) = bench.call();
    bench.answer_with_contact(&invite, 183, "one");
    bench.answer_with_contact(&invite, 183, "two");
    bench
        .endpoint
        .request_in_call(bench.now, call, gannet_sip::Method::Info, Vec::new(), None)
        .expect("an early dialog");
    let info = bench.sent_one();
    assert_eq!(info.to_tag().as_deref(), Some("two"), "the newest");
    assert_eq!(text(&info, HeaderName::CSeq), "2 INFO");
    // The numbers of that dialog go on.
    bench.answer_with_contact(&invite, 200, "two");
    bench.sent();
    bench.endpoint.hang_up(bench.now, call);
    assert_eq!(cseq(&bench.sent_one()), 3);
}

#[test]
fn a_second_2xx_after_the_call_has_ended_is_ended_too() {
    let mut bench = bench();
    let (call, invite) = bench.answered_call();
    bench.endpoint.hang_up(bench.now, call);
    let bye = bench.sent_one();
    bench.answer(&bye, 200, "b", |response| response);
    assert!(matches!(ends(&mut bench)[..], [EndCause::LocalBye(_)]));
    bench.answer_with_contact(&invite, 200, "late");
    assert_eq!(bench.sent_titles(), ["ACK", "BYE"]);
    assert_eq!(bench.happenings(), []);
    assert_drains(&mut bench);
}

#[test]
fn any_number_of_forks_does_no_harm() {
    let mut bench = bench();
    let (_, invite) = bench.call();
    for fork in 0..200 {
        bench.answer_with_contact(&invite, 180, &format!("fork{fork}"));
    }
    assert_eq!(bench.happenings().len(), 200);
    bench.answer_with_contact(&invite, 200, "fork199");
    assert_eq!(bench.sent_titles(), ["ACK"]);
}
