//! What the help says.

use std::fmt::Write as _;

use gannet_scenario::sipp::builtin::BUILTINS;

use super::{Effect, OptionRow, Topic, rows};

/// What `-v` prints.
pub const VERSION_TEXT: &str = concat!(
    "gannet ",
    env!("CARGO_PKG_VERSION"),
    ", with the command line of SIPp 3.7.7\n"
);

/// Topics of `-h` beside those of the options: name and text.
pub const TOPICS: [(&str, &str); 4] = [
    ("stat", STAT),
    ("keys", KEYS),
    ("signals", SIGNALS),
    ("exit", EXIT),
];

const USAGE: &str = "\
usage: gannet sipp [OPTION]... [HOST[:PORT]]

  gannet sipp -sn uas                     answers calls
  gannet sipp -sn uac 127.0.0.1 -m 100    makes a hundred of them
  gannet sipp -sf mine.xml 192.0.2.1 -r 50

Options have one dash or two. Times take ms, s, m or h after the number.
";

const STAT: &str = "\
Statistics (-trace_stat)
  A line with the names of the columns, one at the start, one each -fd, one at the end. Columns with
  (P) count since the line before, those with (C) since the start. Cells end with the delimiter.
  Dates are local: date, tab, time of day, tab, seconds since 1970. Durations are
  hours:minutes:seconds:microseconds.
";

const KEYS: &str = "\
Keys, and the bytes that remote control takes (UDP, -cp)
  + -     more and fewer calls, by -rate_scale       * /   by ten times that
  p       no new calls; again: new calls             1-9   screens
  q       ends when the open calls have ended; again: ends them with BYE or CANCEL
  Q       ends the open calls with BYE or CANCEL, and the run
  s       writes the screens to their file
  c       a command: set rate N, set rate-scale N, set users N, set limit N,
          set display main|ooc|rx, set hide true|false,
          trace error|logs|messages|shortmessages on|off, dump tasks, dump variables, reset stats
";

const SIGNALS: &str = "\
Signals
  USR1    as the key q
  USR2    writes the screens to their file
  INT     as the key q; again: as TERM
  TERM    ends the open calls with BYE or CANCEL, and the run; these calls
          count neither as successful nor as failed
";

const EXIT: &str = "\
Exit codes
  0     no call failed
  1     a call failed, or the command line or a file is wrong
  97    the scenario ended the run (int_cmd), or -timeout did before any call had ended
  98    a fault of gannet
  99    nothing was to be played: help, version, -sd, -bg
  253   a check of RTP failed
  254   an own address cannot be had
  255   something else keeps the run from going on; or -timeout_error
";

/// The help: all of it, or what it says of a topic. `None` if there is no such topic.
pub fn help(topic: Option<&str>) -> Option<String> {
    let mut text = String::new();
    match topic {
        None => {
            text.push_str(USAGE);
            for topic in Topic::ALL {
                options(topic, &mut text);
            }
            for (_, more) in TOPICS {
                let _ = write!(text, "\n{more}");
            }
        }
        Some(name) => {
            let more = TOPICS.iter().find(|(known, _)| *known == name);
            let options_of = Topic::ALL.into_iter().find(|topic| topic.name() == name);
            match (more, options_of) {
                (Some((_, more)), _) => text.push_str(more),
                (None, Some(topic)) => options(topic, &mut text),
                (None, None) => return None,
            }
        }
    }
    Some(text)
}

/// Columns before the sentence about an option.
const INDENT: usize = 28;
/// Where lines end.
const WIDTH: usize = 98;

fn options(topic: Topic, out: &mut String) {
    let _ = writeln!(out, "\n{} (-h {})", topic.title(), topic.name());
    for row in rows().filter(|row| row.topic == topic) {
        let head = format!("  {} {}", row.name, row.values);
        let mut line = format!("{:INDENT$}", head.trim_end());
        if line.len() > INDENT {
            line = format!("{line}\n{:INDENT$}", "");
        }
        let mut column = INDENT;
        for word in sentence(row).split_whitespace() {
            if column + 1 + word.len() > WIDTH {
                let _ = write!(line, "\n{:INDENT$}", "");
                column = INDENT;
            }
            let _ = write!(line, " {word}");
            column += 1 + word.len();
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    if topic == Topic::Scenario {
        out.push_str("  built-in scenarios:\n");
        for builtin in &BUILTINS {
            let _ = writeln!(out, "    {:12} {}", builtin.name, builtin.about);
        }
    }
}

fn sentence(row: &OptionRow) -> String {
    match row.effect {
        Effect::Refused { why, instead } => format!("refused: {why}; {instead}"),
        Effect::Does(_) | Effect::Nothing => row.about.to_owned(),
    }
}

/// The table of options in `docs/sipp.md`.
pub fn options_table() -> String {
    let mut text = String::new();
    for topic in Topic::ALL {
        let _ = write!(
            text,
            "\n### {}\n\n| option | meaning |\n|---|---|\n",
            topic.title()
        );
        for row in rows().filter(|row| row.topic == topic) {
            let name = format!("{} {}", row.name, row.values);
            let about = sentence(row).replace('|', "\\|");
            let about = about
                .strip_prefix("refused:")
                .map_or_else(|| about.clone(), |rest| format!("**refused**:{rest}"));
            let _ = writeln!(text, "| `{}` | {about} |", name.trim_end());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_is_in_the_help_and_under_its_topic() {
        let all = help(None).expect("the whole help");
        for row in rows() {
            let part = help(Some(row.topic.name())).expect("a topic");
            for text in [&all, &part] {
                let found = text
                    .lines()
                    .any(|line| line.split_whitespace().next() == Some(row.name));
                assert!(found, "{}", row.name);
            }
        }
        assert!(all.lines().all(|line| line.len() <= WIDTH + 12), "{all}");
        assert_eq!(help(Some("nothing")), None);
        for (topic, text) in TOPICS {
            assert_eq!(help(Some(topic)).as_deref(), Some(text));
        }
    }
}
