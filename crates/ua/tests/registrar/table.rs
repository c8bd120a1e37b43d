//! The table over time: ends, events, targets.

use std::time::Duration;

use gannet_ua::registrar::{Binding, BindingChange, LocationPolicy, Overflow, RegisterRefusal};

use crate::bench::{ALICE, Bench};

#[test]
fn bindings_end_in_time_and_every_change_is_told_once() {
    let mut bench = Bench::new(LocationPolicy::default());
    assert_eq!(bench.location.next_deadline(), None);
    bench
        .register(("c", 1), "a;expires=100 b;expires=200", None)
        .unwrap();
    assert_eq!(bench.events(), ["Registered a 2", "Registered b 2"]);

    bench
        .after(50)
        .register(("c", 2), "a;expires=100", None)
        .unwrap();
    assert_eq!(bench.events(), ["Refreshed a 2"]);
    assert_eq!(
        bench.location.next_deadline(),
        Some(bench.start + Duration::from_secs(150))
    );

    bench.after(149);
    bench.location.expire(bench.now);
    assert_eq!(bench.events(), [""; 0]);
    bench.after(150);
    assert_eq!(bench.shown(), "b/50", "ended even before the sweep");
    bench.location.expire(bench.now);
    assert_eq!(bench.events(), ["Expired a 1"]);

    bench.register(("c", 3), "b;expires=0", None).unwrap();
    assert_eq!(bench.events(), ["Unregistered b 0"]);
    assert_eq!(bench.location.next_deadline(), None);
    assert_eq!(bench.location.aors(bench.now).count(), 0);
}

#[test]
fn ended_binding_does_not_bind_its_cseq() {
    let mut bench = Bench::new(LocationPolicy::default());
    bench.register(("c", 9), "a", Some(60)).unwrap();
    bench.after(60).register(("c", 1), "a", Some(60)).unwrap();
    assert_eq!(
        bench.events(),
        ["Registered a 1", "Expired a 0", "Registered a 1"]
    );
}

#[test]
fn remaining_seconds_are_rounded_up() {
    let mut bench = Bench::new(LocationPolicy::default());
    let bindings = bench.register(("c", 1), "a", Some(60)).unwrap();
    let at = |millis| bindings[0].expires_in(bench.start + Duration::from_millis(millis));
    assert_eq!(
        [at(0), at(1), at(59_000), at(59_999), at(60_000)],
        [60, 60, 1, 1, 0]
    );
}

#[test]
fn oldest_binding_makes_room_if_the_policy_says_so() {
    let mut bench = Bench::new(LocationPolicy {
        bindings_max: 2,
        overflow: Overflow::ReplaceOldest,
        ..LocationPolicy::default()
    });
    bench.register(("c", 1), "a", Some(60)).unwrap();
    bench.register(("d", 1), "b", Some(60)).unwrap();
    bench.register(("c", 2), "a", Some(60)).unwrap();
    bench.events();
    bench.register(("e", 1), "x", Some(60)).unwrap();
    assert_eq!(bench.events(), ["Deactivated b 2", "Registered x 2"]);
    assert_eq!(bench.shown(), "a/60 x/60");
    let refusal = bench.register(("f", 1), "1 2 3", Some(60)).unwrap_err();
    assert_eq!(
        refusal,
        RegisterRefusal::TooMany {
            requested: 5,
            bindings_max: 2
        }
    );
}

#[test]
fn targets_come_by_preference_then_by_age() {
    // RFC 3261 16.6: equal q values may be tried in parallel.
    let mut bench = Bench::new(LocationPolicy::default());
    bench
        .register(("c", 1), "low;q=0.1 half;q=0.5", None)
        .unwrap();
    bench
        .register(("c", 2), "none other;q=0.5 top;q=1.0", None)
        .unwrap();
    let groups: Vec<Vec<&str>> = bench
        .location
        .target_groups(bench.now, ALICE)
        .into_iter()
        .map(|group| {
            group
                .into_iter()
                .map(|binding| binding.contact.as_str())
                .collect()
        })
        .collect();
    assert_eq!(
        groups,
        [vec!["top", "none"], vec!["other", "half"], vec!["low"]]
    );
    assert!(
        bench
            .location
            .targets(bench.now, "sip:nobody@example.com")
            .is_empty()
    );
}

#[test]
fn flows_of_one_instance_are_one_target() {
    // RFC 5626 6 and 7
    let mut bench = Bench::new(LocationPolicy::default());
    bench
        .register_from(("c", 1), "a;i=phone;r=1", None, Some(1))
        .unwrap();
    bench
        .register_from(("d", 1), "a;i=phone;r=2", None, Some(2))
        .unwrap();
    bench
        .register_from(("e", 1), "plain;r=9", None, Some(3))
        .unwrap();
    let contacts = |list: Vec<&Binding>| {
        list.iter()
            .map(|b| (b.contact.clone(), b.reg_id))
            .collect::<Vec<_>>()
    };
    let (a, plain) = ("a".to_owned(), "plain".to_owned());
    let targets = contacts(bench.location.targets(bench.now, ALICE));
    assert_eq!(targets, [(plain, None), (a.clone(), Some(2))]);
    let flows = contacts(bench.location.flows(bench.now, ALICE, "phone"));
    assert_eq!(flows, [(a.clone(), Some(2)), (a, Some(1))]);

    // The same flow from a new address replaces the old contact, whatever its URI.
    bench.events();
    bench
        .register_from(("c", 2), "moved;i=phone;r=1", None, Some(4))
        .unwrap();
    assert_eq!(bench.events(), ["Refreshed moved 3"]);

    bench.location.remove_flow(2);
    assert_eq!(bench.events(), ["Deactivated a 2"]);
    bench.location.remove_aor(ALICE);
    assert_eq!(
        bench.events(),
        ["Deactivated moved 0", "Deactivated plain 0"]
    );
}

#[test]
fn without_outbound_the_uri_alone_tells_contacts_apart() {
    let mut bench = Bench::new(LocationPolicy {
        outbound: false,
        ..LocationPolicy::default()
    });
    bench.register(("c", 1), "a;i=phone;r=1", None).unwrap();
    bench.register(("d", 1), "a;i=phone;r=2", None).unwrap();
    bench.register(("e", 1), "b;i=phone;r=1", None).unwrap();
    let found: Vec<_> = bench
        .location
        .bindings(bench.now, ALICE)
        .iter()
        .map(|b| b.reg_id)
        .collect();
    assert_eq!(found, [None, None]);
}

#[test]
fn table_stays_consistent_under_random_requests() {
    let seed = 0x7265_6769;
    let rng = &mut fastrand::Rng::with_seed(seed);
    let mut bench = Bench::new(LocationPolicy {
        bindings_max: 3,
        ..LocationPolicy::default()
    });
    let (mut seconds, mut known) = (0, 0_usize);
    for round in 0..20_000_u32 {
        seconds += rng.u64(..20);
        bench.after(seconds);
        let contacts = match rng.u8(..10) {
            0 => "*".to_owned(),
            1 => String::new(),
            n => (0..=n % 3)
                .map(|_| {
                    format!(
                        "{};expires={}",
                        rng.char('a'..='e'),
                        rng.choice([0, 60, 90, 300]).unwrap()
                    )
                })
                .collect::<Vec<_>>()
                .join(" "),
        };
        let call_id = rng.choice(["x", "y"]).unwrap();
        let cseq = if rng.u8(..4) == 0 { round / 2 } else { round };
        let before = bench.shown();
        let result = bench.register((call_id, cseq), &contacts, Some(0));
        let place = format!("seed {seed} round {round}");
        if result.is_err() {
            assert_eq!(bench.shown(), before, "{place}: a refusal changes nothing");
        }
        while let Some(event) = bench.location.poll_event() {
            match event.change {
                BindingChange::Registered => known += 1,
                BindingChange::Refreshed => {}
                _ => known -= 1,
            }
        }
        let bindings = bench.location.bindings(bench.now, ALICE);
        assert_eq!(
            bindings.len(),
            known,
            "{place}: events tell the whole story"
        );
        assert!(bindings.len() <= 3, "{place}");
        let first_end = bindings.iter().map(|binding| binding.expires_at).min();
        assert_eq!(bench.location.next_deadline(), first_end, "{place}");
    }
}
