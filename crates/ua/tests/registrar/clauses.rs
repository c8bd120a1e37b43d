//! RFC 3261 10.3 steps 6 to 8, clause by clause.

use gannet_ua::registrar::LocationPolicy;

use crate::bench::{Bench, show};

/// Clause | Call-ID and CSeq | Contact values | Expires | status | bindings after it.
///
/// The table before holds a and b, registered with Call-ID c1 and CSeq 5 for 600 s; three
/// bindings are allowed, from 60 s to 7200 s, 1800 s unless asked otherwise.
const CASES: &str = "
10.3 step 6: no Contact is a query       | c1 5 |                               |     | 200 | a/600 b/600
10.3 step 6: a query ignores Expires     | c9 1 |                               | 0   | 200 | a/600 b/600
10.3 step 6: * alone with Expires 0      | c1 6 | *                             | 0   | 200 |
10.3 step 6: * from another Call-ID      | c2 1 | *                             | 0   | 200 |
10.3 step 6: * out of order              | c1 5 | *                             | 0   | 500 | a/600 b/600
10.3 step 6: * with other contacts       | c1 6 | * a                           | 0   | 400 | a/600 b/600
10.3 step 6: * twice                     | c1 6 | * *                           | 0   | 400 | a/600 b/600
10.3 step 6: * with other expiration     | c1 6 | *                             | 60  | 400 | a/600 b/600
10.3 step 6: * without Expires           | c1 6 | *                             |     | 400 | a/600 b/600
10.3 step 7: expires before Expires      | c1 6 | a;expires=100                 | 200 | 200 | a/100 b/600
10.3 step 7: Expires for the rest        | c1 6 | a;expires=100 b               | 200 | 200 | a/100 b/200
10.3 step 7: default expiration          | c1 6 | a                             |     | 200 | a/1800 b/600
10.3 step 7: long ones are shortened     | c1 6 | a;expires=4294967295          |     | 200 | a/7200 b/600
10.3 step 7: too brief                   | c1 6 | a;expires=59                  |     | 423 | a/600 b/600
10.3 step 7: the minimum                 | c1 6 | a;expires=60                  |     | 200 | a/60 b/600
10.3 step 7: zero removes                | c1 6 | a;expires=0                   |     | 200 | b/600
10.3 step 7: zero, unknown contact       | c1 6 | x                             | 0   | 200 | a/600 b/600
10.3 step 7: equivalent URI              | c1 6 | A;expires=100                 |     | 200 | A/100 b/600
10.3 step 7: a new one is added          | c1 6 | x                             | 90  | 200 | a/600 b/600 x/90
10.3 step 7: CSeq equal                  | c1 5 | a                             | 90  | 500 | a/600 b/600
10.3 step 7: CSeq lower                  | c1 4 | a;expires=0                   |     | 500 | a/600 b/600
10.3 step 7: CSeq lower, other Call-ID   | c2 1 | a                             | 90  | 200 | a/90 b/600
10.3 step 7: CSeq lower, other contact   | c1 4 | x                             | 90  | 200 | a/600 b/600 x/90
10.3: all or none, order                 | c1 5 | x b                           | 90  | 500 | a/600 b/600
10.3: all or none, expiration            | c1 6 | x;expires=90 b;expires=1      |     | 423 | a/600 b/600
the last of two equal contacts counts    | c1 6 | a;expires=70 a;expires=80     |     | 200 | a/80 b/600
added and removed at once                | c1 6 | x;expires=70 x;expires=0      |     | 200 | a/600 b/600
limit of bindings                        | c1 6 | x y                           | 90  | 403 | a/600 b/600
limit counts those that stay             | c1 6 | x y a;expires=0               | 90  | 200 | b/600 x/90 y/90
";

#[test]
fn one_request_on_a_known_table_has_the_outcome_of_the_clause() {
    for case in CASES.lines().filter(|line| !line.is_empty()) {
        let mut cells = case.split('|').map(str::trim);
        let mut cell = || cells.next().expect(case);
        let (clause, call, contacts, expires) = (cell(), cell(), cell(), cell());
        let (status, after) = (cell(), cell());
        let (call_id, cseq) = call.split_once(' ').expect(clause);
        let mut bench = Bench::new(LocationPolicy {
            default_expires_s: 1800,
            min_expires_s: 60,
            max_expires_s: 7200,
            bindings_max: 3,
            ..LocationPolicy::default()
        });
        bench.register(("c1", 5), "a b", Some(600)).unwrap();
        let call = (call_id, cseq.parse().expect(clause));
        let result = bench.register(call, contacts, expires.parse().ok());
        // RFC 3261 10.3 step 8: the 200 lists all current bindings.
        if let Ok(bindings) = &result {
            let bindings: Vec<_> = bindings.iter().collect();
            assert_eq!(show(&bindings, bench.now), after, "{clause}");
        }
        let found = result.map_or_else(|refusal| refusal.status(), |_| 200);
        assert_eq!(found.to_string(), status, "{clause}");
        assert_eq!(bench.shown(), after, "{clause}");
    }
}

#[test]
fn refusals_say_what_was_expected() {
    let mut bench = Bench::new(LocationPolicy {
        bindings_max: 1,
        ..LocationPolicy::default()
    });
    bench.register(("c", 7), "a", None).unwrap();
    let table = [
        ("* a", Some(0), "Contact * beside 1 other contacts"),
        ("*", Some(5), "Contact * needs Expires 0, found 5"),
        ("*", None, "Contact * needs Expires 0, found none"),
        (
            "a",
            Some(5),
            "expiration of 5 s is below the minimum of 60 s",
        ),
        (
            "a",
            None,
            "CSeq 7 is not above 7, stored for a with the same Call-ID",
        ),
        ("b", None, "2 bindings, at most 1 allowed"),
    ];
    for (contacts, expires, expected) in table {
        let refusal = bench.register(("c", 7), contacts, expires).unwrap_err();
        assert_eq!(refusal.to_string(), expected);
        assert_eq!(
            refusal.min_expires(),
            (refusal.status() == 423).then_some(60)
        );
    }
}

#[test]
fn an_hour_is_never_too_brief() {
    // RFC 3261 10.3 step 7: rejection only below one hour.
    let mut bench = Bench::new(LocationPolicy {
        min_expires_s: 7200,
        max_expires_s: 7200,
        ..LocationPolicy::default()
    });
    assert_eq!(
        bench
            .register(("c", 1), "a", Some(3599))
            .unwrap_err()
            .status(),
        423
    );
    bench.register(("c", 1), "a", Some(3600)).unwrap();
    assert_eq!(bench.shown(), "a/3600");
}
