//! The bench itself.

use crate::bench::{Link, Pair, Script, client, receive, send, server, wait};

#[test]
fn a_client_and_a_server_of_the_bench_complete_their_calls() {
    let ring = receive("client", "180 INVITE").text();
    let mut call = Script::new(&client(&[ring])).player();
    call.begin().sends("INVITE");
    call.peer("180").peer("200");
    call.sends("ACK");
    call.sends("BYE");
    call.peer("200");
    assert_eq!(call.tally(), "traffic 1");

    let ring = send("server", "180 INVITE").text();
    let mut call = Script::new(&server(&[ring, wait(100)])).player();
    call.peer("INVITE").sends("180");
    call.pass_ms(99);
    assert_eq!(call.sent_names(), "");
    call.pass_ms(1).sends("200");
    call.peer("ACK").peer("BYE").sends("200");
    assert_eq!(call.tally(), "traffic 1");
}

#[test]
fn two_shards_play_against_each_other() {
    let ring = receive("client", "180 INVITE").text();
    let client = Script::new(&client(&[ring]))
        .param("call-rate", "100")
        .player();
    let ring = send("server", "180 INVITE").text();
    let server = Script::new(&server(&[ring])).player();
    let mut pair = Pair::new(client, server, Link::default(), 1);
    pair.pass_ms(1_000);
    assert_eq!(pair.client.tally(), "traffic 100");
    assert_eq!(pair.server.figures().incoming_calls, 100);
}
