//! A server that gannet did not start: who its users are, and what is left there after a run.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use gannet_pbx::{Pbx, PbxConfig, PbxSnapshot, PbxUser};
use tokio::runtime::Runtime;

use crate::bench::{Bench, feature};

/// A server of the domain `lab.test` with the users `alice` and `bob`, whose passwords are their
/// names with `pw` behind them.
struct RealServer {
    pbx: Pbx,
    runtime: Runtime,
}

impl RealServer {
    fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let users = ["alice", "bob"];
        let config = PbxConfig {
            bind: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            domain: "lab.test".to_owned(),
            users: users
                .map(|user| PbxUser::new(user).with_password(format!("{user}pw")))
                .to_vec(),
            ..PbxConfig::default()
        };
        let pbx = {
            let _inside = runtime.enter();
            Pbx::start(config).unwrap()
        };
        Self { pbx, runtime }
    }

    /// A configuration with this server, and `more` in its table.
    fn toml(&self, more: &str) -> String {
        let address = self.pbx.address();
        format!("[server.lab]\naddress = \"{address}\"\ndomain = \"lab.test\"\n{more}")
    }

    fn snapshot(&self) -> PbxSnapshot {
        self.runtime.block_on(self.pbx.snapshot()).unwrap()
    }
}

impl Drop for RealServer {
    fn drop(&mut self) {
        self.runtime.block_on(self.pbx.stop());
    }
}

const USERS: &str = "\n[user.Alice]\nuser = \"alice\"\npassword = \"alicepw\"\n\
                     \n[user.Bob]\nuser = \"bob\"\npassword = \"bobpw\"\n";

/// Contacts and publications that steps have made by hand, or whose names the phone was made to
/// forget, go too.
#[test]
fn a_scenario_takes_back_all_that_it_has_left() {
    let server = RealServer::start();
    let bench = Bench::new()
        .with("gannet.toml", &(server.toml("") + USERS))
        .with(
            "f.feature",
            r#"Feature: two scenarios with the same users
  Scenario: much is left
    Given Alice registers
    When Alice sends request REGISTER
    And Alice Contact field port is set to 5999
    And Alice receives response 401
    And Alice sends request REGISTER
    And with header field Authorization for Alice
    And Alice receives response 200
    Then header Contact of 200 to REGISTER received by Alice has 2 values
    When Alice sets presence to "Away"
    And Alice uses a stale ETag
    And Alice refreshes its publication
    And Bob subscribes to presence of Alice
    And Bob subscribes to message-summary of Bob
    And Bob subscribes to dialog of Alice
    Then Bob is notified that Alice is Away
    When Bob calls Alice
    Then Alice rings

  Scenario: nothing is found
    When Bob subscribes to presence of "alice"
    Then Bob is notified that "alice" is closed
    And Bob is notified that "alice" is "Unregistered"
"#,
        );
    let run = bench.run("test f.feature --jobs 1");
    run.expect(0, &["2 scenarios: 2 passed"]);
    run.lacks(&["after the last step"]);
    let left = server.snapshot();
    assert_eq!(left.registrations, []);
    assert_eq!(left.subscriptions, []);
    assert_eq!(left.calls, []);
}

#[test]
fn a_scenario_that_fails_takes_it_back_too() {
    let server = RealServer::start();
    let steps = [
        "Bob subscribes to presence of Alice",
        "Bob calls Alice",
        "Alice rings",
        "Alice receives MESSAGE within 200 ms",
    ];
    let bench = Bench::new()
        .with("gannet.toml", &(server.toml("") + USERS))
        .with("f.feature", &feature(&steps));
    let run = bench.run("test f.feature");
    run.expect(1, &["MESSAGE"]);
    let left = server.snapshot();
    assert_eq!(left.registrations, []);
    assert_eq!(left.subscriptions, []);
    assert_eq!(left.calls, []);
}

#[test]
fn a_phone_without_power_or_connection_takes_nothing_back() {
    for last in ["Alice is powered off", "Alice loses its connection"] {
        let server = RealServer::start();
        let steps = ["Alice registers", "Bob registers", "Bob calls Alice", last];
        let bench = Bench::new()
            .with("gannet.toml", &(server.toml("") + USERS))
            .with("f.feature", &feature(&steps));
        bench.run("test f.feature").expect(0, &[]);
        let left = server.snapshot();
        assert!(left.is_registered("alice"), "{last}");
        assert!(!left.is_registered("bob"), "{last}");
    }
}

#[test]
fn users_of_a_file_without_passwords_have_that_of_the_server() {
    let server = RealServer::start();
    let import = "import = \"users.csv\"\n\n";
    let bench = |more: &str| {
        Bench::new()
            .with("gannet.toml", &(import.to_owned() + &server.toml(more)))
            .with(
                "users.csv",
                "employeeId,username,listedPhoneNumber\n1,Alice,alice\n2,Bob,bob\n",
            )
            .with(
                "f.feature",
                &feature(&["Alice calls Bob", "Bob answers the call", "Alice hangs up"]),
            )
    };
    bench("").run("test f.feature").expect(
        1,
        &[
            "has no password: give it one",
            "the column `password` of a CSV file",
            "by `default_password` in [server.lab]",
        ],
    );
    let with_password = bench("default_password = \"{user}pw\"\n");
    with_password.run("test f.feature").expect(0, &[]);
    let with_another = bench("default_password = \"secret\"\n");
    let run = with_another.run("test f.feature");
    run.expect(1, &["the server does not accept user"]);
}
