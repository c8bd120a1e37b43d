//! Bad networks, other addresses, many calls.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use gannet_net::Impairment;
use gannet_pbx::{Pbx, PbxConfig, PbxError};
use gannet_sip::{Method, Uri};
use gannet_ua::Timers;
use gannet_ua::endpoint::{EndCause, Reply};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::agent::Agent;
use crate::setup::{LIMIT, start, start_with, user};

const OFFER: &str = "v=0\r\ns=offer\r\n";
const ANSWER: &str = "v=0\r\ns=answer\r\n";

#[tokio::test]
async fn calls_survive_a_network_that_loses_a_fifth() {
    let timers = Timers {
        t1: Duration::from_millis(40),
        t2: Duration::from_millis(160),
        t4: Duration::from_millis(200),
    };
    let pbx = start_with(|config| {
        config.impairment = Impairment::loss(0.2, 11);
        config.timers = timers;
        config.no_answer = LIMIT;
    });
    let mut alice = Agent::new(&pbx, "alice");
    let mut bob = Agent::new(&pbx, "bob");
    for agent in [&mut alice, &mut bob] {
        agent.with(|endpoint, _| endpoint.config_mut().timers = timers);
        agent.register().await;
    }
    for _ in 0..20 {
        let call = alice.call("bob", OFFER);
        let (leg, _) = bob.incoming().await;
        bob.ring(leg, Reply::new(180));
        bob.accept(leg, ANSWER);
        alice.answered().await;
        bob.confirmed().await;
        alice.hang_up(call);
        assert!(matches!(bob.ended(leg).await, EndCause::RemoteBye(_)));
        alice.ended(call).await;
    }
    pbx.wait_until(LIMIT, |s| s.calls.is_empty())
        .await
        .expect("over");
    let counters = pbx.snapshot().await.expect("running").counters;
    assert_eq!(counters.calls_answered, 20);
    pbx.stop().await;
}

#[tokio::test]
#[expect(clippy::print_stderr, reason = "says why a part was skipped")]
async fn the_server_listens_where_it_is_told() {
    for bind in ["[::1]:0", "0.0.0.0:0"] {
        let bind: SocketAddr = bind.parse().expect("an address");
        let config = PbxConfig {
            bind,
            ..crate::setup::config()
        };
        let pbx = match Pbx::start(config) {
            Ok(pbx) => pbx,
            Err(error) if bind.is_ipv6() => {
                eprintln!("skipped: no IPv6 here: {error:?}");
                continue;
            }
            Err(error) => panic!("{bind}: {error:?}"),
        };
        assert!(!pbx.address().ip().is_unspecified());
        let mut alice = Agent::new(&pbx, "alice");
        let mut spec = alice.spec(Method::Options, "bob");
        spec.uri = Uri::at(None, pbx.address());
        assert_eq!(alice.ask(spec).await.status(), Some(200));
        pbx.stop().await;
    }
    let pbx = start();
    let taken = Pbx::start(PbxConfig {
        bind: pbx.address(),
        ..PbxConfig::default()
    });
    assert!(matches!(taken, Err(PbxError::Net(_))));
    pbx.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_calls_at_once_do_not_disturb_each_other() {
    let pbx = start_with(|config| config.no_answer = LIMIT * 3);
    let all_talk = Arc::new(Barrier::new(200));
    let mut pairs = JoinSet::new();
    for number in 0..200 {
        let (pbx, all_talk) = (pbx.clone(), all_talk.clone());
        pairs.spawn(async move {
            let names = [format!("caller{number}"), format!("callee{number}")];
            for name in &names {
                pbx.add_user(user(name)).await.expect("free");
            }
            let mut caller = Agent::new(&pbx, &names[0]);
            let mut callee = Agent::new(&pbx, &names[1]);
            caller.register().await;
            callee.register().await;
            let offer = format!("{OFFER}a={number}\r\n");
            let call = caller.call(&names[1], &offer);
            let (leg, invite) = callee.incoming().await;
            assert_eq!(invite.body(), offer.as_bytes());
            callee.accept(leg, &offer);
            assert_eq!(caller.answered().await.body(), offer.as_bytes());
            callee.confirmed().await;
            all_talk.wait().await;
            caller.hang_up(call);
            assert!(matches!(callee.ended(leg).await, EndCause::RemoteBye(_)));
            caller.ended(call).await;
        });
    }
    while let Some(pair) = pairs.join_next().await {
        pair.expect("a call that went well");
    }
    let snapshot = pbx
        .wait_until(LIMIT, |s| s.calls.is_empty())
        .await
        .expect("over");
    assert_eq!(snapshot.counters.calls_answered, 200);
    pbx.stop().await;
}
