//! Bad input: exit code 2, every fault with its place, nothing sent.

use crate::bench::{Bench, feature};

#[test]
fn a_misspelt_step_is_underlined_and_its_neighbours_named() {
    let bench = Bench::new().with("f.feature", &feature(&["Alice cals Bob"]));
    bench.run("test f.feature").expect(
        2,
        &[
            "error[unknown-step]: no step is written like this",
            "f.feature:3:7",
            "^^^^^^^^^^^^^^",
            "{phone} calls {dest}",
            "1 error; nothing was sent",
        ],
    );
}

#[test]
fn every_fault_of_every_feature_is_told_at_once() {
    let faulty = feature(&[
        "Alice uses Squirel350 phone",
        "Alice cals Bob",
        "${who} hangs up",
    ]);
    let bench = Bench::new()
        .with("a.feature", &faulty)
        .with("b.feature", "Feature: G\n  Scenaro: S\n    * fail\n");
    bench.run("test a.feature b.feature").expect(
        2,
        &[
            "a.feature:3:18",
            "there is no device profile `Squirel350`",
            "did you mean `Squirrel350`?",
            "a.feature:4:7",
            "there is no variable `who`",
            "b.feature:2:3",
            "nothing was sent",
        ],
    );
}

#[test]
fn a_missing_feature_is_named_with_a_neighbour() {
    let bench = Bench::new().with("calls.feature", &feature(&["fail"]));
    let parts = [
        "cannot find `cals.feature`",
        "did you mean `calls.feature`?",
    ];
    bench.run("test cals.feature").expect(2, &parts);
}

#[test]
fn a_folder_without_features_is_no_success() {
    let bench = Bench::new().with("empty/readme.txt", "");
    bench
        .run("test empty")
        .expect(2, &["there is no *.feature file in `empty`"]);
}

#[test]
fn a_bad_configuration_shows_all_its_faults() {
    let bench = Bench::new().with("f.feature", &feature(&["fail"])).with(
        "gannet.toml",
        "[server.a]\nadress = \"h\"\n[timeouts]\nsignalling = 5\n[user.Alice]\n\
             password = \"${GANNET_TEST_NOBODY}\"\ndevice = \"Squirel350\"\n",
    );
    bench.run("test f.feature").expect(
        2,
        &[
            "gannet.toml:1:9",
            "`address` is missing",
            "gannet.toml:2:1",
            "did you mean `address`?",
            "gannet.toml:4:14",
            "expected a string, found integer",
            "the environment has no variable `GANNET_TEST_NOBODY`",
            "gannet.toml:7:10",
            "5 errors in gannet.toml; nothing was sent",
        ],
    );
}

#[test]
fn a_missing_configuration_is_named() {
    let bench = Bench::new().with("f.feature", &feature(&["fail"]));
    let run = bench.run("test f.feature --config other.toml");
    run.expect(
        2,
        &["cannot read the configuration `other.toml`", "No such file"],
    );
}

#[test]
fn an_unknown_server_is_named_with_a_neighbour() {
    let bench = Bench::new()
        .with("f.feature", &feature(&["fail"]))
        .with("gannet.toml", "[server.staging]\naddress = \"h\"\n");
    let parts = ["there is no server `stagin`", "did you mean staging?"];
    bench
        .run("test f.feature --server stagin")
        .expect(2, &parts);
}

#[test]
fn a_phone_without_a_user_of_the_real_server_is_a_fault_before_the_run() {
    let bench = Bench::new().with("f.feature", &feature(&["Alicia registers"]));
    let run = bench.run("test f.feature --server sip:127.0.0.1:9 --user Alice=a:b");
    let parts = [
        "server 127.0.0.1:9 has no user for `Alicia`",
        "f.feature:3:7",
        "did you mean `Alice`?",
    ];
    run.expect(2, &parts);
}

#[test]
fn a_bad_tag_expression_is_underlined() {
    let bench = Bench::new().with("f.feature", &feature(&["fail"]));
    let run = bench.run_words(&["test", "f.feature", "--tags", "@a and"]);
    run.expect(2, &["--tags:1:7", "expected a tag"]);
}

#[test]
fn a_misspelt_command_or_option_is_put_right() {
    let bench = Bench::new();
    bench.run("tset").expect(2, &["'test'"]);
    bench.run("test --sever x").expect(2, &["'--server'"]);
    bench
        .run("test --loss 2")
        .expect(2, &["expected a number from 0 to 1"]);
    bench
        .run("test --user Alice")
        .expect(2, &["NAME=user:password@domain"]);
    bench.run("test").expect(2, &["name a feature"]);
}

#[test]
fn a_misspelt_phone_is_no_new_phone() {
    let typo = [
        "Alice uses generic phone",
        "Bob uses generic phone",
        "Alcie calls Bob",
    ];
    let nobody = ["Alice uses generic phone", "Alice calls \"\""];
    // Not every phone has to be introduced, and numbers tell phones apart.
    let fine = [
        "phone1 uses generic phone",
        "phone2 registers",
        "Carol registers",
    ];
    let bench = Bench::new()
        .with("typo.feature", &feature(&typo))
        .with("nobody.feature", &feature(&nobody))
        .with("fine.feature", &feature(&fine));
    bench.run("test typo.feature").expect(
        2,
        &[
            "typo.feature:5:7",
            "no sentence introduces the phone `Alcie`",
            "did you mean `Alice`?",
            "nothing was sent",
        ],
    );
    bench
        .run("test nobody.feature")
        .expect(2, &["nobody.feature:4:19", "a name is missing"]);
    bench.run("test fine.feature").expect(0, &["1 passed"]);
}

#[test]
fn a_feature_in_another_encoding_says_where() {
    let bench = Bench::new().with_bytes(
        "f.feature",
        b"Feature: F\n  Scenario: S\n    * J\xfcrgen registers\n",
    );
    bench.run("test f.feature").expect(
        2,
        &["`f.feature` is not UTF-8 in line 3", "save it as UTF-8"],
    );
}

#[test]
fn faults_of_tables_methods_and_names_are_told_before_anything_is_sent() {
    let text = feature(&["the following phones:"])
        + "      | nme |\n      | A   |\n    * the following calls are made:\n\
           \x20     | caller | callee | talk |\n      | A | B | soon |\n\
           \x20   * A receives INVITEE\n    * A hears \"hello.wav\"\n    * A uses generic phone over tls\n";
    let bench = Bench::new().with("f.feature", &text);
    bench.run("test f.feature").expect(
        2,
        &[
            "a cell under the column `name`",
            "\"soon\" is no time",
            "there is no method `INVITEE`",
            "did you mean `INVITE`?",
            "there is no file `hello.wav`",
            "phone over {transport}",
            "nothing was sent",
        ],
    );
}
