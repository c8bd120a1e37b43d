//! Many phones in one scenario.

use crate::bench::{Bench, feature};

/// Users as pysiptest has them.
fn users(count: usize) -> String {
    let rows = (0..count).map(|n| format!("{n},user{n},User {n},{}\n", 1100 + n));
    let header = "employeeId,username,displayName,listedPhoneNumber\n";
    std::iter::once(header.to_owned()).chain(rows).collect()
}

#[test]
fn a_crowd_watches_each_other_and_loses_nothing() {
    let steps = [
        "extensions 1100 to 1119 register",
        "many users subscribe to each other",
        "user3 sets presence to \"After Hours\"",
        "wait until user7 has received \"After Hours\" notification for user3",
        "in sequence users set presence to \"Away\"",
        "user0 has received \"Away\" notification for user19",
        "user19 has received \"Away\" notification for user0",
        "many users unsubscribe from each other",
        "user1 has received \"Away\" notification for user2",
    ];
    let text = format!("@import.users.csv\n{}", feature(&steps));
    let bench = Bench::new()
        .with("f.feature", &text)
        .with("users.csv", &users(20));
    bench
        .run("test f.feature")
        .expect(0, &["9 steps: 9 passed"]);
}

#[test]
fn extensions_without_users_are_phones_too() {
    let steps = [
        "extensions 5000 to 5002 register",
        "\"5000\" calls \"5002\"",
        "\"5002\" answers the call",
        "\"5000\" hangs up",
    ];
    let bench = Bench::new().with("f.feature", &feature(&steps));
    bench
        .run("test f.feature")
        .expect(0, &["4 steps: 4 passed"]);
}

#[test]
fn a_crowd_watches_some_of_it() {
    let steps = [
        "extensions 1100 to 1104 register",
        "many users subscribe to 2 others",
        "in sequence users set presence to \"Busy\"",
        "\"1104\" has received \"Busy\" notification for \"1101\"",
    ];
    let bench = Bench::new().with("f.feature", &feature(&steps));
    bench
        .run("test f.feature")
        .expect(0, &["4 steps: 4 passed"]);
    let steps = [steps[0], "many users subscribe to 5 others"];
    let bench = Bench::new().with("f.feature", &feature(&steps));
    let expected = "each phone has 4 others, it cannot subscribe to 5";
    bench.run("test f.feature").expect(1, &[expected]);
}

#[test]
fn what_makes_no_crowd_is_told() {
    let table = [
        (
            "extensions 9 to 8 register",
            "9 to 8 are 0 extensions; 1 to 5000 can be",
        ),
        (
            "extensions 1 to 5001 register",
            "1 to 5001 are 5001 extensions; 1 to 5000 can be",
        ),
        (
            "many users subscribe to 2 others",
            "no sentence has registered many phones yet",
        ),
        (
            "many users subscribe to each other",
            "no sentence has registered many phones yet",
        ),
    ];
    for (step, expected) in table {
        let bench = Bench::new().with("f.feature", &feature(&[step]));
        bench.run("test f.feature").expect(1, &[expected]);
    }
}
