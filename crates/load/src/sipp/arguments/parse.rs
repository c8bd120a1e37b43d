//! Reading a command line.

use gannet_diag::nearest;
use gannet_traffic::sipp::Sockets;
use thiserror::Error;

use super::row::SECOND;
use super::{Arguments, Effect, HostPort, OptionRow, rows};

/// What a command line asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// The help, perhaps on a topic.
    Help(Option<String>),
    /// The version.
    Version,
    /// The text of a built-in scenario.
    Dump(String),
    /// A run.
    Run(Box<Arguments>),
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
    /// An option lacks a value.
    #[error("option {option} needs {values}")]
    NoValue {
        /// The option.
        option: String,
        /// What it needs.
        values: &'static str,
    },
    /// A value is not what the option needs.
    #[error("option {option}: \"{value}\" is no {expected}")]
    BadValue {
        /// The option.
        option: String,
        /// Its values.
        value: String,
        /// What it should be.
        expected: &'static str,
    },
    /// What is no option is no host either.
    #[error("\"{value}\" is no {expected}")]
    BadPeer {
        /// As given.
        value: String,
        /// What it should be.
        expected: &'static str,
    },
    /// There is one scenario of a kind already.
    #[error(
        "option {option}: a scenario is named already; -rxsf names one for calls that come, -oocsf one for requests of no call"
    )]
    Second {
        /// The option.
        option: String,
    },
    /// The option is SIPp's, and is refused.
    #[error("option {option} is not supported by gannet: {why}; {instead}")]
    Refused {
        /// The option.
        option: String,
        /// Why.
        why: &'static str,
        /// What to do.
        instead: &'static str,
    },
    /// Two options exclude each other.
    #[error("{one} and {other} exclude each other: {why}")]
    Excluded {
        /// The one.
        one: &'static str,
        /// The other.
        other: &'static str,
        /// Why.
        why: &'static str,
    },
    /// An option is without effect alone.
    #[error("{option} needs {needed} too")]
    Alone {
        /// The option.
        option: &'static str,
        /// What is missing.
        needed: &'static str,
    },
}

fn hint(option: &str) -> String {
    let bare = option.trim_start_matches('-');
    let names = rows().map(|row| &row.name[1..]);
    nearest(bare, names, 1)
        .first()
        .map(|name| format!("; did you mean -{name}?"))
        .unwrap_or_default()
}

impl Wish {
    /// Reads the arguments after the command's name. Options have one dash or two.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(given: &[String]) -> Result<Self, ArgumentsError> {
        if given.is_empty() {
            return Ok(Self::Help(None));
        }
        let mut arguments = Arguments::default();
        let mut rest = given;
        while let [option, after @ ..] = rest {
            rest = after;
            let Some(name) = name_of(option) else {
                arguments.hosts.remote = Some(peer(option)?);
                continue;
            };
            match name.as_str() {
                "-h" | "-help" => {
                    let topic = rest.first().filter(|next| name_of(next).is_none());
                    return Ok(Self::Help(topic.cloned()));
                }
                "-v" => return Ok(Self::Version),
                _ => {}
            }
            let row = find(&name).ok_or_else(|| ArgumentsError::Unknown {
                option: option.clone(),
            })?;
            let wanted = row.values_count();
            let Some(values) = rest.get(..wanted) else {
                return Err(ArgumentsError::NoValue {
                    option: option.clone(),
                    values: row.values,
                });
            };
            if name == "-sd" {
                return Ok(Self::Dump(values[0].clone()));
            }
            rest = &rest[wanted..];
            apply(row, option, values, &mut arguments)?;
        }
        arguments.check()?;
        Ok(Self::Run(Box::new(arguments)))
    }
}

/// The name of an option with one dash; nothing for what is no option.
fn name_of(text: &str) -> Option<String> {
    let bare = text.strip_prefix('-')?;
    let bare = bare.strip_prefix('-').unwrap_or(bare);
    (!bare.is_empty()).then(|| format!("-{bare}"))
}

fn find(name: &str) -> Option<&'static OptionRow> {
    rows().find(|row| row.name == name)
}

fn peer(text: &str) -> Result<HostPort, ArgumentsError> {
    text.parse().map_err(|expected| ArgumentsError::BadPeer {
        value: text.to_owned(),
        expected,
    })
}

fn apply(
    row: &OptionRow,
    option: &str,
    values: &[String],
    arguments: &mut Arguments,
) -> Result<(), ArgumentsError> {
    match row.effect {
        Effect::Does(apply) => {
            let option = option.to_owned();
            apply(arguments, values).map_err(|expected| match expected {
                SECOND => ArgumentsError::Second { option },
                _ => ArgumentsError::BadValue {
                    option,
                    value: values.join(" "),
                    expected,
                },
            })
        }
        Effect::Nothing => Ok(()),
        Effect::Refused { why, instead } => Err(ArgumentsError::Refused {
            option: option.to_owned(),
            why,
            instead,
        }),
    }
}

impl Arguments {
    /// What no single option can tell.
    fn check(&self) -> Result<(), ArgumentsError> {
        let excluded = |one, other, why| Err(ArgumentsError::Excluded { one, other, why });
        if self.users.is_some() && self.calls_max.is_some() {
            return excluded("-users", "-l", "as many calls are open as there are users");
        }
        let traces = &self.traces;
        if traces.bytes_max.is_some() && traces.ring_bytes.is_some() {
            let why = "a log ends at a size, or is begun anew at a size";
            return excluded("-max_log_size", "-ringbuffer_size", why);
        }
        if self.transport.sockets == Sockets::PerAddress && self.injection.files.is_empty() {
            return Err(ArgumentsError::Alone {
                option: "-t ui",
                needed: "-inf",
            });
        }
        if self.timeout_is_error && self.timeout.is_none() {
            return Err(ArgumentsError::Alone {
                option: "-timeout_error",
                needed: "-timeout",
            });
        }
        let is_extended = matches!(
            self.twin,
            Some(super::TwinPart::Master(_) | super::TwinPart::Slave(_))
        );
        if is_extended && self.twin_file.is_none() {
            return Err(ArgumentsError::Alone {
                option: "-master or -slave",
                needed: "-slave_cfg",
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Source;
    use super::*;

    fn parse(line: &str) -> Result<Wish, ArgumentsError> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Wish::parse(&words)
    }

    fn run(line: &str) -> Arguments {
        match parse(line) {
            Ok(Wish::Run(arguments)) => *arguments,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn a_command_line_of_a_test_script_is_read() {
        let read = run(
            "-sf a.xml --inf b.csv 192.0.2.1:5070 -r 7 -rp 2s -m 100 -trace_msg -d 500 -key k v",
        );
        assert_eq!(read.scenario, Source::File("a.xml".to_owned()));
        assert_eq!(read.injection.files, ["b.csv"]);
        let remote = read.hosts.remote.expect("a peer");
        assert_eq!(
            (remote.host.as_str(), remote.port),
            ("192.0.2.1", Some(5070))
        );
        assert_eq!((read.rate, read.calls_wanted), (7.0, Some(100)));
        assert_eq!(read.rate_period.as_secs(), 2);
        assert!(read.traces.messages.on);
        assert_eq!(read.pause.as_millis(), 500);
        assert_eq!(read.keys, [("k".to_owned(), "v".to_owned())]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (line, message) in [
            (
                "-trace_mgs",
                "unknown option -trace_mgs; did you mean -trace_msg?",
            ),
            (
                "--recv_timout 5",
                "unknown option --recv_timout; did you mean -recv_timeout?",
            ),
            ("-r", "option -r needs CALLS"),
            ("-key a", "option -key needs NAME TEXT"),
            ("-r abc", "option -r: \"abc\" is no number"),
            ("-p 99999", "option -p: \"99999\" is no port"),
            (
                "a:b",
                "\"a:b\" is no host or host:port; IPv6 addresses with a port in brackets",
            ),
            (
                "-users 3 -l 4",
                "-users and -l exclude each other: as many calls are open as there are users",
            ),
            ("-timeout_error", "-timeout_error needs -timeout too"),
            ("-t ui", "-t ui needs -inf too"),
        ] {
            let error = parse(line).expect_err(line);
            assert_eq!(error.to_string(), message, "{line}");
        }
        let refused = parse("-plugin x.so").expect_err("plugins").to_string();
        assert!(
            refused.starts_with("option -plugin is not supported by gannet: "),
            "{refused}"
        );
    }

    #[test]
    fn a_second_scenario_is_refused() {
        let error = parse("-sf a.xml -sn uac").expect_err("two scenarios");
        assert!(matches!(error, ArgumentsError::Second { .. }), "{error}");
    }

    #[test]
    fn help_goes_before_the_rest() {
        assert_eq!(parse(""), Ok(Wish::Help(None)));
        assert_eq!(parse("-sn uac -h"), Ok(Wish::Help(None)));
        assert_eq!(parse("-help stat"), Ok(Wish::Help(Some("stat".to_owned()))));
        assert_eq!(parse("-v"), Ok(Wish::Version));
        assert_eq!(parse("-sd uas"), Ok(Wish::Dump("uas".to_owned())));
    }

    #[test]
    fn each_option_stands_once_and_takes_what_it_names() {
        let mut names: Vec<&str> = rows().map(|row| row.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        for row in rows() {
            assert!(
                row.name.starts_with('-') && !row.about.is_empty(),
                "{}",
                row.name
            );
            assert!(!row.about.ends_with('.'), "{}", row.name);
        }
    }
}
