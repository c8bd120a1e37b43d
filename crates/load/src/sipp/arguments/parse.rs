//! Reading a command line.

use gannet_scenario::sipp::builtin::builtin;

use super::super::files::unknown_builtin;
use super::error::{ArgumentsError, nearest_row};
use super::row::SECOND;
use super::together::{exclusions, needs};
use super::{Arguments, Effect, HostPort, OptionRow, Source, rows};

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

impl Wish {
    /// Reads the arguments after the command's name. Options have one dash or two.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the line, and then what does not go together.
    pub fn parse(given: &[String]) -> Result<Self, Vec<ArgumentsError>> {
        if given.is_empty() {
            return Ok(Self::Help(None));
        }
        let mut line = Line {
            rest: given,
            arguments: Arguments::default(),
            errors: Vec::new(),
            faulty: Vec::new(),
        };
        while let [word, after @ ..] = line.rest {
            line.rest = after;
            let wish = line.take(word);
            if let Some(wish) = wish.filter(|_| line.errors.is_empty()) {
                return Ok(wish);
            }
        }
        line.judge();
        if line.errors.is_empty() {
            Ok(Self::Run(Box::new(line.arguments)))
        } else {
            Err(line.errors)
        }
    }
}

/// A command line, as far as it was read.
struct Line<'l> {
    rest: &'l [String],
    arguments: Arguments,
    errors: Vec<ArgumentsError>,
    /// Known options that are there, but wrong: what needs them is not told that they are missing.
    faulty: Vec<&'static str>,
}

impl<'l> Line<'l> {
    /// Takes an option with its values, or a host; gives what is wanted instead of a run.
    fn take(&mut self, word: &str) -> Option<Wish> {
        let Some(name) = name_of(word) else {
            match peer(word) {
                Ok(peer) => self.arguments.hosts.remote = Some(peer),
                Err(error) => self.errors.push(error),
            }
            return None;
        };
        match name.as_str() {
            "-h" | "-help" => {
                let topic = self.rest.first().filter(|next| name_of(next).is_none());
                return Some(Wish::Help(topic.cloned()));
            }
            "-v" => return Some(Wish::Version),
            _ => {}
        }
        let Some(row) = find(&name) else {
            self.errors.push(ArgumentsError::Unknown {
                option: word.to_owned(),
            });
            self.pass_over_values(&name);
            return None;
        };
        let Some(values) = self.values(row) else {
            self.faulty.push(row.name);
            self.errors.push(ArgumentsError::NoValue {
                option: word.to_owned(),
                values: row.values,
            });
            return None;
        };
        if name == "-sd" {
            return Some(Wish::Dump(values[0].clone()));
        }
        if let Err(error) = apply(row, word, values, &mut self.arguments) {
            self.faulty.push(row.name);
            self.errors.push(error);
        }
        None
    }

    /// The values of an option. An option among them is one only where it fits.
    fn values(&mut self, row: &OptionRow) -> Option<&'l [String]> {
        let is_option = |word: &String| name_of(word).is_some_and(|name| find(&name).is_some());
        let wanted = row.values_count();
        let values = self.rest.get(..wanted);
        let options = self.rest.iter().take(wanted).position(is_option);
        let fits =
            |values: &[String]| apply(row, row.name, values, &mut self.arguments.clone()).is_ok();
        match (values, options) {
            (Some(values), None) => {
                self.rest = &self.rest[wanted..];
                Some(values)
            }
            (Some(values), Some(_)) if fits(values) => {
                self.rest = &self.rest[wanted..];
                Some(values)
            }
            (_, option) => {
                self.rest = &self.rest[option.unwrap_or(self.rest.len())..];
                None
            }
        }
    }

    /// What follows an unknown option are its values, if the option that it was meant to be has any;
    /// if that is not known, all are that are no options.
    fn pass_over_values(&mut self, name: &str) {
        let count = nearest_row(name).map_or(usize::MAX, OptionRow::values_count);
        let words = self.rest.iter().take(count);
        let values = words.take_while(|word| name_of(word).is_none()).count();
        self.rest = &self.rest[values..];
    }

    /// What no single option can tell.
    fn judge(&mut self) {
        let arguments = &self.arguments;
        let named = [
            Some(&arguments.scenario),
            arguments.received.as_ref(),
            arguments.out_of_call.as_ref(),
        ];
        for source in named.into_iter().flatten() {
            if let Source::Builtin(name) = source
                && builtin(name).is_none()
            {
                let text = unknown_builtin(name).to_string();
                self.errors.push(ArgumentsError::Builtin(text));
            }
        }
        let has = |option: &str, is_set: bool| is_set || self.faulty.contains(&option);
        let mut faults = exclusions(arguments, &has);
        faults.extend(needs(arguments, &has));
        self.errors.extend(faults);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Wish, Vec<ArgumentsError>> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Wish::parse(&words)
    }

    /// What is said about a line that is wrong.
    fn told(line: &str) -> Vec<String> {
        let errors = parse(line).expect_err(line);
        errors.iter().map(ToString::to_string).collect()
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
            assert_eq!(told(line), [message], "{line}");
        }
        let refused = told("-plugin x.so").join("\n");
        assert!(
            refused.starts_with("option -plugin is not supported by gannet: "),
            "{refused}"
        );
    }

    #[test]
    fn a_second_scenario_is_refused() {
        let errors = parse("-sf a.xml -sn uac").expect_err("two scenarios");
        assert!(matches!(errors[..], [ArgumentsError::Second { .. }]));
    }

    #[test]
    fn all_that_is_wrong_is_told_and_nothing_that_follows_from_it() {
        for (line, messages) in [
            (
                "-sn uca -recv_timout 5x 127.0.0.1 -r abc --trace_mgs -plugin x.so -m",
                &[
                    "unknown option -recv_timout; did you mean -recv_timeout?",
                    "option -r: \"abc\" is no number",
                    "unknown option --trace_mgs; did you mean -trace_msg?",
                    "option -plugin is not supported by gannet: foreign code is not loaded into the process; give the values that its keywords print with -key or -inf",
                    "option -m needs CALLS",
                    "there is no built-in scenario \"uca\"; did you mean uac?",
                ][..],
            ),
            // An option is no value of another one that cannot take it.
            (
                "-r -m 5 -key a -trace_stat -p 99999",
                &["option -r needs CALLS", "option -p: \"99999\" is no port"],
            ),
            (
                "-l -m -trace_msg 127.0.0.1",
                &["option -l needs CALLS", "option -m needs CALLS"],
            ),
            // What is there but wrong is not missing.
            (
                "-timeout soon -timeout_error",
                &["option -timeout: \"soon\" is no time: a number of seconds, or with ms, s, m, h"],
            ),
            (
                "-users x -l 4 -max_log_size 5 -ringbuffer_size y -t ui",
                &[
                    "option -users: \"x\" is no whole number",
                    "option -ringbuffer_size: \"y\" is no whole number",
                    "-users and -l exclude each other: as many calls are open as there are users",
                    "-max_log_size and -ringbuffer_size exclude each other: a log ends at a size, or is begun anew at a size",
                    "-t ui needs -inf too",
                ],
            ),
            // Nobody knows what an option without a likeness takes.
            (
                "-qqqqqqqq 5 7 -r z",
                &["unknown option -qqqqqqqq", "option -r: \"z\" is no number"],
            ),
            ("-nowhere -h", &["unknown option -nowhere"]),
        ] {
            assert_eq!(told(line), messages, "{line}");
        }
    }

    #[test]
    fn a_text_may_look_like_an_option() {
        let read = run("-s -m -key k -r -set a -1");
        assert_eq!(read.keys, [("k".to_owned(), "-r".to_owned())]);
        assert_eq!(read.globals, [("a".to_owned(), "-1".to_owned())]);
        assert_eq!((read.rate, read.calls_wanted), (10.0, None));
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
