//! Checks and branches.

use crate::seagull_files::{Set, receive, send, traffic};
use crate::shown::{RECEIVE, actions, complaints, invite};

#[test]
fn branches_go_ahead_or_back() {
    for (branch, expected) in [
        (r#"branch_on="486" look_ahead="2""#, Ok(3)),
        (r#"branch_on="486" look_ahead="0""#, Ok(1)),
        (r#"branch_on="486" look_ahead="3""#, Ok(4)),
        (r#"branch_on="486" look_back="1""#, Ok(0)),
        (r#"branch_on="486" look_ahead="1" look_back="1""#, Ok(2)),
        (
            r#"branch_on="486" look_ahead="4""#,
            Err("error bad-range: there are only 2 commands after this one in its section"),
        ),
        (
            r#"branch_on="486" look_back="2""#,
            Err("error bad-range: there are only 1 commands before this one in its section"),
        ),
        (
            r#"branch_on="487" look_ahead="1""#,
            Err("error unknown-message: message not in dictionary: `487`"),
        ),
        (
            r#"branch_on="486""#,
            Err(
                "error missing-attribute: `branch_on` needs `look_ahead` or `look_back`: how many commands to go",
            ),
        ),
    ] {
        let check =
            format!("<check-value name=\"call-id\" behaviour=\"error\" {branch}></check-value>");
        let mut set = Set::new(&traffic(&[
            invite(),
            receive(RECEIVE, "SIP/2.0 200 OK", &check),
            send("one", "ACK", "", ""),
            send("one", "BYE", "", ""),
        ]));
        match expected {
            Ok(step) => {
                assert!(actions(&set).contains(&format!("then go to {step} on 486")));
                set.options.exact = true;
                assert!(actions(&set).contains(&format!("then go to {step} on 486, else fail")));
            }
            Err(expected) => assert_eq!(complaints(&set.scenario), [expected]),
        }
    }
}

#[test]
fn a_branch_that_is_not_last_never_fails() {
    let check = r#"<check-value name="call-id" behaviour="error" branch_on="486" look_ahead="1"></check-value>
      <log format="x"></log>"#;
    let mut set = Set::new(&traffic(&[
        invite(),
        receive(RECEIVE, "SIP/2.0 200 OK", check),
    ]));
    set.options.exact = true;
    assert!(actions(&set).contains(&"then go to 2 on 486".to_owned()));
}

#[test]
fn without_execute_check_action_no_check_is_left() {
    let checks = r#"<check-presence name="subject" behaviour="error"></check-presence>
      <check-value name="subject" behaviour="error"></check-value>
      <check-value name="o" behaviour="error"></check-value>
      <check-value name="call-id" behaviour="error" branch_on="486" look_ahead="1"></check-value>"#;
    let set = Set::new(&traffic(&[
        invite(),
        receive(RECEIVE, "SIP/2.0 200 OK", checks),
    ]))
    .params(
        r#"<define entity="traffic-param" name="execute-check-action" value="false"></define>"#,
    );
    assert_eq!(actions(&set), ["after key on one is the session"]);
}

#[test]
fn a_check_whose_message_has_no_such_field_cannot_pass() {
    let check = r#"<check-value name="o" behaviour="error"></check-value>"#;
    assert_eq!(
        complaints(&traffic(&[
            invite(),
            receive(RECEIVE, "SIP/2.0 200 OK", check)
        ])),
        [
            "warning check-cannot-pass: the message of this command has no `o` to compare with: the check always fails"
        ]
    );
}
