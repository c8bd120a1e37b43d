//! Keys, commands and the remote control.

use gannet_events::sipp::{Command, Traced};
use gannet_tui::sipp::{
    COMMAND_LENGTH_MAX, Displayed, Dumped, KeyAction, KeyReader, Screen, parse,
};
use proptest::prelude::*;

fn reader() -> KeyReader {
    KeyReader::new(2.0)
}

/// The last action of the bytes.
fn last(bytes: &[u8]) -> Option<KeyAction> {
    let mut reader = reader();
    let actions = bytes.iter().filter_map(|byte| reader.on(*byte));
    actions.last()
}

fn run(command: Command) -> KeyAction {
    KeyAction::Run(command)
}

fn show(screen: Screen) -> KeyAction {
    KeyAction::Show(screen)
}

fn prompt(text: &str) -> KeyAction {
    KeyAction::Prompt(Some(text.into()))
}

#[test]
fn each_key_does_what_it_does_in_sipp() {
    let rows: [(&str, &[u8], Option<KeyAction>); 25] = [
        ("+", b"+", Some(run(Command::ChangeRate(2.0)))),
        ("-", b"-", Some(run(Command::ChangeRate(-2.0)))),
        ("*", b"*", Some(run(Command::ChangeRate(20.0)))),
        ("/", b"/", Some(run(Command::ChangeRate(-20.0)))),
        ("p", b"p", Some(run(Command::PauseOrResume))),
        ("q", b"q", Some(run(Command::Stop))),
        ("Q", b"Q", Some(run(Command::Abort))),
        ("s", b"s", Some(KeyAction::SaveScreens)),
        ("1", b"1", Some(show(Screen::Scenario))),
        ("2", b"2", Some(show(Screen::Statistics))),
        ("3", b"3", Some(show(Screen::Repartition))),
        ("4", b"4", Some(show(Screen::Variables))),
        ("5", b"5", Some(show(Screen::TdmMap))),
        ("6", b"6", Some(show(Screen::Further(1)))),
        ("9", b"9", Some(show(Screen::Further(4)))),
        ("0", b"0", None),
        ("unknown", b"x", None),
        ("c", b"c", Some(prompt(""))),
        ("typing", b"cset", Some(prompt("set"))),
        ("a letter too many", b"csett\x7f", Some(prompt("set"))),
        ("an arrow", b"\x1b[A", None),
        ("a function key", b"\x1bOq\x1b[15~", None),
        (
            "escape leaves a line",
            b"cset\x1bq",
            Some(run(Command::Stop)),
        ),
        ("a line", b"cset rate 7\r", Some(run(Command::SetRate(7.0)))),
        (
            "a scale from now on",
            b"cset rate-scale 0.5\n*",
            Some(run(Command::ChangeRate(5.0))),
        ),
    ];
    for (row, bytes, action) in rows {
        assert_eq!(last(bytes), action, "{row}");
    }
}

#[test]
fn each_command_is_understood() {
    let trace = |traced, on| KeyAction::Run(Command::Trace(traced, on));
    let rows = [
        ("set rate 12.5", KeyAction::Run(Command::SetRate(12.5))),
        ("set rate-scale 5", KeyAction::Scale(5.0)),
        ("set users 30", KeyAction::Run(Command::SetUsers(30))),
        ("set limit 7", KeyAction::Run(Command::SetLimit(7))),
        ("set display main", KeyAction::Display(Displayed::Main)),
        ("set display ooc", KeyAction::Display(Displayed::OutOfCall)),
        ("set display rx", KeyAction::Display(Displayed::Received)),
        ("set hide true", KeyAction::Hide(true)),
        ("set hide false", KeyAction::Hide(false)),
        ("trace error on", trace(Traced::Errors, true)),
        ("trace logs off", trace(Traced::Logs, false)),
        ("trace messages on", trace(Traced::Messages, true)),
        (
            "trace shortmessages off",
            trace(Traced::ShortMessages, false),
        ),
        ("dump tasks", KeyAction::Dump(Dumped::Tasks)),
        ("dump variables", KeyAction::Dump(Dumped::Variables)),
        ("reset stats", KeyAction::Run(Command::ResetStatistics)),
        ("  set \t rate   3 ", KeyAction::Run(Command::SetRate(3.0))),
        ("", KeyAction::Prompt(None)),
        ("  ", KeyAction::Prompt(None)),
    ];
    for (line, action) in rows {
        assert_eq!(parse(line), action, "{line}");
    }
}

#[test]
fn what_is_not_understood_is_said() {
    let rows = [
        (
            "sett rate 1",
            "no command \"sett\": expected set, trace, dump, reset",
        ),
        (
            "set speed 1",
            "set: no \"speed\": expected rate, rate-scale, users, limit, display, hide",
        ),
        (
            "set rate",
            "set: expected NAME VALUE, a name of rate, rate-scale, users, limit, display, hide",
        ),
        (
            "set rate fast",
            "rate: expected a number from 0 on, not \"fast\"",
        ),
        (
            "set rate -1",
            "rate: expected a number from 0 on, not \"-1\"",
        ),
        (
            "set rate inf",
            "rate: expected a number from 0 on, not \"inf\"",
        ),
        (
            "set rate-scale NaN",
            "rate-scale: expected a number from 0 on, not \"NaN\"",
        ),
        (
            "set users 1.5",
            "users: expected a whole number, not \"1.5\"",
        ),
        (
            "set limit many",
            "limit: expected a whole number, not \"many\"",
        ),
        (
            "set display all",
            "display: expected main, ooc or rx, not \"all\"",
        ),
        ("set hide yes", "hide: expected true or false, not \"yes\""),
        (
            "trace errors on",
            "trace: no \"errors\": expected error, logs, messages, shortmessages",
        ),
        ("trace logs yes", "trace: expected on or off, not \"yes\""),
        (
            "trace logs",
            "trace: expected NAME on|off, a name of error, logs, messages, shortmessages",
        ),
        ("dump calls", "dump: expected tasks or variables"),
        ("reset", "reset: expected stats"),
    ];
    for (line, why) in rows {
        assert_eq!(parse(line), KeyAction::Refused(why.into()), "{line}");
    }
}

#[test]
fn a_datagram_is_a_key_or_a_command() {
    let rows: [(&[u8], Option<KeyAction>); 8] = [
        (b"q", Some(run(Command::Stop))),
        (b"Q\n", Some(run(Command::Abort))),
        (b"+++", Some(run(Command::ChangeRate(2.0)))),
        (b"cset rate 50\n", Some(run(Command::SetRate(50.0)))),
        (b"c set limit 9\r\n", Some(run(Command::SetLimit(9)))),
        (b"c", Some(KeyAction::Prompt(None))),
        (b"", None),
        (b"\xff\xfe", None),
    ];
    for (bytes, action) in rows {
        assert_eq!(reader().datagram(bytes), action, "{bytes:?}");
    }
}

#[test]
fn a_datagram_leaves_what_is_typed() {
    let mut reader = reader();
    b"cset ra".iter().for_each(|byte| {
        reader.on(*byte);
    });
    assert_eq!(reader.datagram(b"p"), Some(run(Command::PauseOrResume)));
    assert_eq!(reader.on(b't'), Some(prompt("set rat")));
    assert_eq!(
        reader.datagram(b"cset rate-scale 4"),
        Some(KeyAction::Scale(4.0))
    );
    reader.on(b'\x1b');
    assert_eq!(reader.on(b'+'), Some(run(Command::ChangeRate(4.0))));
}

proptest! {
    #[test]
    fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let mut reader = reader();
        for byte in &bytes {
            if let Some(KeyAction::Prompt(Some(line))) = reader.on(*byte) {
                prop_assert!(line.len() <= COMMAND_LENGTH_MAX);
            }
        }
        reader.datagram(&bytes);
    }
}
