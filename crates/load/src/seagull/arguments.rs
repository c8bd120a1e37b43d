//! Seagull's command line.

use std::net::SocketAddr;
use std::num::NonZeroU32;

use gannet_diag::nearest;
use thiserror::Error;

use super::Beyond;
use crate::watch::WatchOptions;

/// What the command line asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// The usage.
    Help,
    /// A run.
    Run(Box<Arguments>),
}

/// The arguments of a run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Arguments {
    /// `-conf`.
    pub conf: String,
    /// `-scen`.
    pub scenario: String,
    /// `-dico`, once for each dictionary.
    pub dictionaries: Vec<String>,
    /// `-log`.
    pub log: Option<String>,
    /// `-llevel`.
    pub levels: String,
    /// `-bg`.
    pub background: bool,
    /// `-notimelog`.
    pub no_dates: bool,
    /// `-ctrl`.
    pub control: Option<SocketAddr>,
    /// `-rsptimelog`.
    pub response_time_log: Option<String>,
    /// Gannet's own options.
    pub beyond: Beyond,
    /// `-shards`: threads that play calls.
    pub shards: u32,
    /// `-out`, `-fail-if`, `-http`, `-http-token`.
    pub watch: WatchOptions,
}

/// What is wrong with a command line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ArgumentsError {
    /// There is no such option.
    #[error("unknown option {option}{}", hint(.option))]
    Unknown {
        /// As given.
        option: String,
    },
    /// An option lacks its value.
    #[error("option {option} needs a value")]
    NoValue {
        /// The option.
        option: String,
    },
    /// A value is not what the option needs.
    #[error("option {option}: \"{value}\" is no {expected}")]
    BadValue {
        /// The option.
        option: String,
        /// The value.
        value: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A mandatory option is missing.
    #[error("option {option} is missing")]
    Missing {
        /// The option.
        option: &'static str,
    },
}

/// What `-help` prints.
pub const USAGE: &str = "\
usage: gannet seagull -conf FILE -dico FILE [-dico FILE]... -scen FILE [OPTION]...

The files are Seagull's, and so are these options:
  -conf FILE           the configuration
  -dico FILE           a dictionary; repeat it for each protocol
  -scen FILE           the scenario
  -log FILE            the log; without it the log goes to standard error
  -llevel LETTERS      what is logged: E errors (always, unless N), W warnings, M messages,
                       B buffers, T traffic, V verdicts, U the scenario's own, A all, N no errors
  -notimelog           log lines without a date
  -bg                  goes on in the background
  -ctrl IP:PORT        listens there for remote control by HTTP
  -ctrldicopath DIR    accepted; the remote control needs no dictionary
  -rsptimelog FILE     response times above response-time-threshold
  -msgcheck            accepted; text protocols have no such checks
  -help                prints this

Beyond Seagull:
  -absorb-retransmissions   a message that came before is answered again, and disturbs no call
  -answer METHOD[,METHOD]   answers these requests with 200 beside the scenario
  -skip-trying              a 100 that no step waits for is passed over
  -match-cseq               a response must have the CSeq method of its request
  -robust                   all four: -answer INFO,NOTIFY,OPTIONS
  -exact                    Seagull's own faults too: carriage returns in values, branch_on as
                            the last action
  -shards N                 threads that play calls (default 1)
  -out DIR                  writes results.json, report.html, junit.xml and tables there, each
                            second
  -fail-if CONDITION        decides the exit code instead of failed calls: \"failed > 0.1%\",
                            \"p99(response) > 200ms\"; may be repeated
  -http ADDRESS             serves a live page with controls: 8080 for this machine only,
                            0.0.0.0:8080 for all who have the token
  -http-token TOKEN         what who opens the page must know
  -seed N                   what all random choices come from
";

const OPTIONS: [&str; 24] = [
    "-out",
    "-fail-if",
    "-http",
    "-http-token",
    "-conf",
    "-dico",
    "-scen",
    "-log",
    "-llevel",
    "-notimelog",
    "-bg",
    "-ctrl",
    "-ctrldicopath",
    "-rsptimelog",
    "-msgcheck",
    "-help",
    "-absorb-retransmissions",
    "-answer",
    "-skip-trying",
    "-match-cseq",
    "-robust",
    "-exact",
    "-shards",
    "-seed",
];

/// Methods that `-robust` answers in the background.
pub const BACKGROUND_METHODS: [&str; 3] = ["INFO", "NOTIFY", "OPTIONS"];

fn hint(option: &str) -> String {
    nearest(option, OPTIONS, 1)
        .first()
        .map(|name| format!(", did you mean {name}?"))
        .unwrap_or_default()
}

impl Wish {
    /// Reads the arguments after the command's name.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, ArgumentsError> {
        let mut given = arguments.into_iter();
        let mut read = Arguments {
            shards: 1,
            ..Arguments::default()
        };
        while let Some(option) = given.next() {
            // Long options with two dashes are what people type today.
            let name = option
                .strip_prefix('-')
                .filter(|rest| rest.starts_with('-'));
            let name = name.unwrap_or(&option).to_owned();
            if matches!(name.as_str(), "-help" | "-h") {
                return Ok(Self::Help);
            }
            read.take(&option, &name, &mut given)?;
        }
        for (option, is_there) in [
            ("-conf", !read.conf.is_empty()),
            ("-scen", !read.scenario.is_empty()),
            ("-dico", !read.dictionaries.is_empty()),
        ] {
            if !is_there {
                return Err(ArgumentsError::Missing { option });
            }
        }
        Ok(Self::Run(Box::new(read)))
    }
}

impl Arguments {
    fn take(
        &mut self,
        option: &str,
        name: &str,
        given: &mut dyn Iterator<Item = String>,
    ) -> Result<(), ArgumentsError> {
        let mut value = || {
            given.next().ok_or_else(|| ArgumentsError::NoValue {
                option: option.to_owned(),
            })
        };
        match name {
            "-conf" => self.conf = value()?,
            "-scen" => self.scenario = value()?,
            "-dico" => self.dictionaries.push(value()?),
            "-log" => self.log = Some(value()?),
            "-llevel" => self.levels = value()?,
            "-rsptimelog" => self.response_time_log = Some(value()?),
            "-ctrldicopath" => {
                value()?;
            }
            "-ctrl" => self.control = Some(parsed(option, value()?, "IP:PORT")?),
            "-shards" => {
                self.shards = parsed::<NonZeroU32>(option, value()?, "number from 1")?.get();
            }
            "-seed" => self.beyond.seed = Some(parsed(option, value()?, "number")?),
            "-answer" => self.beyond.answer = methods(option, value()?)?,
            "-out" => self.watch.out = Some(value()?.into()),
            "-fail-if" => self.watch.fail_if.push(value()?),
            "-http" => self.watch.http = Some(parsed(option, value()?, "address and port")?),
            "-http-token" => self.watch.http_token = Some(value()?),
            "-bg" => self.background = true,
            "-notimelog" => self.no_dates = true,
            "-msgcheck" => {}
            "-absorb-retransmissions" => self.beyond.absorb_retransmissions = true,
            "-skip-trying" => self.beyond.skip_trying = true,
            "-match-cseq" => self.beyond.match_cseq = true,
            "-robust" => {
                self.beyond.absorb_retransmissions = true;
                self.beyond.skip_trying = true;
                self.beyond.match_cseq = true;
                if self.beyond.answer.is_empty() {
                    self.beyond.answer = BACKGROUND_METHODS.map(str::to_owned).to_vec();
                }
            }
            "-exact" => self.beyond.exact = true,
            _ => {
                return Err(ArgumentsError::Unknown {
                    option: option.to_owned(),
                });
            }
        }
        Ok(())
    }
}

/// Requests that start no call, end none and are no part of another one's transaction.
fn methods(option: &str, value: String) -> Result<Vec<String>, ArgumentsError> {
    let methods: Vec<String> = value
        .split([',', ' '])
        .filter(|method| !method.is_empty())
        .map(str::to_owned)
        .collect();
    let is_fit = |method: &String| {
        let is_name = method.bytes().all(|byte| byte.is_ascii_uppercase());
        is_name && !["INVITE", "ACK", "CANCEL"].contains(&method.as_str())
    };
    if methods.is_empty() || !methods.iter().all(is_fit) {
        return Err(ArgumentsError::BadValue {
            option: option.to_owned(),
            value,
            expected: "list of methods other than INVITE, ACK and CANCEL",
        });
    }
    Ok(methods)
}

fn parsed<T: std::str::FromStr>(
    option: &str,
    value: String,
    expected: &'static str,
) -> Result<T, ArgumentsError> {
    value.parse().map_err(|_| ArgumentsError::BadValue {
        option: option.to_owned(),
        value,
        expected,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Wish, ArgumentsError> {
        Wish::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn a_command_line_of_a_start_script_is_read() {
        let line = "-conf ../config/c.xml -dico ../config/d.xml -scen ../s.xml -log ../l.log \
                    -llevel ET";
        let Ok(Wish::Run(arguments)) = parse(line) else {
            panic!("not a run: {line}");
        };
        assert_eq!(arguments.conf, "../config/c.xml");
        assert_eq!(arguments.dictionaries, ["../config/d.xml"]);
        assert_eq!(arguments.levels, "ET");
        assert_eq!(arguments.beyond, Beyond::default());
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (line, message) in [
            ("-cnof x", "unknown option -cnof, did you mean -conf?"),
            ("-conf", "option -conf needs a value"),
            ("-conf a -dico b", "option -scen is missing"),
            ("-ctrl nowhere", "option -ctrl: \"nowhere\" is no IP:PORT"),
            ("a.xml", "unknown option a.xml"),
            ("-shards 0", "option -shards: \"0\" is no number from 1"),
            ("-seed x", "option -seed: \"x\" is no number"),
            (
                "-answer INFO,INVITE",
                "option -answer: \"INFO,INVITE\" is no list of methods other than INVITE, ACK and CANCEL",
            ),
        ] {
            let error = parse(line).expect_err(line);
            assert_eq!(error.to_string(), message, "{line}");
        }
        assert_eq!(parse("-conf a -help"), Ok(Wish::Help));
    }

    #[test]
    fn robust_is_all_of_the_options_and_leaves_methods_that_are_named() {
        let answer = |more: &str| {
            let line = format!("-conf a -dico b -scen c {more}");
            let Ok(Wish::Run(arguments)) = parse(&line) else {
                panic!("not a run: {line}");
            };
            let beyond = arguments.beyond;
            assert!(beyond.absorb_retransmissions && beyond.skip_trying && beyond.match_cseq);
            beyond.answer
        };
        assert_eq!(answer("-robust"), BACKGROUND_METHODS);
        assert_eq!(answer("-robust -answer INFO"), ["INFO"]);
        assert_eq!(answer("-answer INFO --robust"), ["INFO"]);
    }
}
