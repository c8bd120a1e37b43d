//! Users from a TOML file.
//!
//! ```toml
//! [[users]]
//! name = "alice"
//! extension = "1001"
//! display-name = "Alice"
//! password = "secret"
//! voicemail = true
//! group = "sales"
//! dnd = false
//! forward-always = "1002"
//! forward-busy = "1002"
//! forward-no-answer = "1002"
//! pin = "4711"
//! ```

use std::collections::BTreeMap;
use std::ops::Range;

use gannet_diag::{Diagnostic, Diagnostics, SourceFile, nearest};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::PbxError;
use crate::server::Directory;
use crate::user::PbxUser;

/// The only table of the file.
const USERS: &str = "users";
/// The keys of a user.
const KEYS: [&str; 12] = [
    "name",
    "extension",
    "display-name",
    "auth-user",
    "password",
    "voicemail",
    "group",
    "dnd",
    "forward-always",
    "forward-busy",
    "forward-no-answer",
    "pin",
];

/// What a users file says, and everything that is wrong with it.
#[derive(Debug)]
pub struct UsersFile {
    /// The users that could be read. Not to be used if there are errors.
    pub users: Vec<PbxUser>,
    /// All problems, by place.
    pub diagnostics: Diagnostics,
    /// The text with its name, for [`gannet_diag::render`].
    pub source: SourceFile,
}

/// Reads a users file; `name` is what it is called in diagnostics.
pub fn read_users(name: &str, text: &str) -> UsersFile {
    let mut diagnostics = Diagnostics::new();
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let message = error.message().to_owned();
        diagnostics.push(Diagnostic::error("bad-toml", message, span));
    }
    let users = read_document(table.get_ref(), text, &mut diagnostics);
    diagnostics.sort();
    UsersFile {
        users,
        diagnostics,
        source: SourceFile::new(name, text),
    }
}

fn read_document(table: &DeTable<'_>, text: &str, problems: &mut Diagnostics) -> Vec<PbxUser> {
    let mut users = Vec::new();
    let mut directory = Directory::default();
    let mut seen = false;
    for (key, value) in table {
        if key.get_ref() != USERS {
            problems.push(unknown_key(key.get_ref(), key.span(), &[USERS]));
            continue;
        }
        seen = true;
        let Some(entries) = value.get_ref().as_array() else {
            problems.push(expected("a list of users, written [[users]]", value));
            continue;
        };
        for entry in entries {
            let Some(table) = entry.get_ref().as_table() else {
                problems.push(expected("a table with the keys of a user", entry));
                continue;
            };
            let Some((user, places)) = read_user(table, entry.span(), problems) else {
                continue;
            };
            match directory.add(user.clone()) {
                Ok(()) => users.push(user),
                Err(error) => problems.push(clash(&error, &places, entry.span())),
            }
        }
    }
    if !seen && problems.is_empty() {
        let end = text.len();
        problems.push(
            Diagnostic::error("no-users", "no users in this file", end..end)
                .with_help("add a table [[users]] with a name for each user"),
        );
    }
    users
}

type Places = BTreeMap<String, Range<usize>>;

fn read_user(
    table: &DeTable<'_>,
    span: Range<usize>,
    problems: &mut Diagnostics,
) -> Option<(PbxUser, Places)> {
    let mut user = PbxUser::new("");
    let mut places = Places::new();
    for (key, value) in table {
        let name: &str = key.get_ref();
        if !KEYS.contains(&name) {
            problems.push(unknown_key(name, key.span(), &KEYS));
            continue;
        }
        places.insert(name.to_owned(), value.span());
        if matches!(name, "voicemail" | "dnd") {
            match value.get_ref().as_bool() {
                Some(voicemail) if name == "voicemail" => user.voicemail = voicemail,
                Some(dnd) => user.dnd = dnd,
                None => problems.push(expected("true or false", value)),
            }
            continue;
        }
        let Some(text) = value.get_ref().as_str() else {
            problems.push(expected("a text in quotes", value));
            continue;
        };
        let text = text.to_owned();
        match name {
            "name" => user.name = text,
            "extension" => user.extension = Some(text),
            "display-name" => user.display_name = Some(text),
            "auth-user" => user.auth_user = Some(text),
            "group" => user.group = Some(text),
            "forward-always" => user.forward.always = Some(text),
            "forward-busy" => user.forward.on_busy = Some(text),
            "forward-no-answer" => user.forward.on_no_answer = Some(text),
            "pin" if !is_pin(&text) => {
                let message = format!("expected a PIN of 1 to 16 digits, found \"{text}\"");
                problems.push(Diagnostic::error("bad-value", message, value.span()));
            }
            "pin" => user.pin = Some(text),
            _ => user.password = Some(text),
        }
    }
    if places.contains_key("name") {
        return (!user.name.is_empty() || !has_error_at(problems, &places["name"]))
            .then_some((user, places));
    }
    problems.push(
        Diagnostic::error("missing-key", "a user without a name", span)
            .with_help("add name = \"...\""),
    );
    None
}

/// Whether a PIN can be typed on a telephone: `*` and `#` are for correcting and ending it.
fn is_pin(text: &str) -> bool {
    (1..=16).contains(&text.len()) && text.chars().all(|c| c.is_ascii_digit())
}

fn has_error_at(problems: &Diagnostics, span: &Range<usize>) -> bool {
    problems.iter().any(|problem| problem.span == *span)
}

fn clash(error: &PbxError, places: &Places, user: Range<usize>) -> Diagnostic {
    let what = match error {
        PbxError::Taken { what, .. } | PbxError::BadName { what, .. } => *what,
        _ => "name",
    };
    let place = match what {
        "auth user" => places.get("auth-user").or_else(|| places.get("name")),
        what => places.get(what),
    };
    let span = place.cloned().unwrap_or(user);
    Diagnostic::error("bad-user", error.to_string(), span)
}

fn unknown_key(name: &str, span: Range<usize>, known: &[&str]) -> Diagnostic {
    Diagnostic::error("unknown-key", format!("unknown key \"{name}\""), span)
        .with_suggestions(&nearest(name, known, 1))
        .with_help(format!("known here: {}", known.join(", ")))
}

fn expected(what: &str, value: &Spanned<DeValue<'_>>) -> Diagnostic {
    let found = value.get_ref().type_str();
    let message = format!("expected {what}, found {found}");
    Diagnostic::error("bad-value", message, value.span())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(file: &UsersFile) -> Vec<(&'static str, String)> {
        let place = |d: &Diagnostic| file.source.position(d.span.start).to_string();
        file.diagnostics
            .iter()
            .map(|d| (d.code, place(d)))
            .collect()
    }

    #[test]
    fn a_good_file_gives_its_users() {
        let file = read_users(
            "users.toml",
            "[[users]]\nname = \"alice\"\nextension = \"1001\"\ndisplay-name = \"Alice\"\n\
             password = \"x\"\npin = \"4711\"\n[[users]]\nname = \"bob\"\nauth-user = \"bob2\"\nvoicemail = false\n\
             dnd = true\ngroup = \"sales\"\nforward-busy = \"alice\"\n",
        );
        assert!(file.diagnostics.is_empty(), "{:?}", file.diagnostics);
        let alice = PbxUser {
            display_name: Some("Alice".into()),
            ..PbxUser::new("alice")
                .with_extension("1001")
                .with_password("x")
                .with_pin("4711")
        };
        let bob = PbxUser {
            auth_user: Some("bob2".into()),
            dnd: true,
            group: Some("sales".into()),
            forward: crate::Forward {
                on_busy: Some("alice".into()),
                ..crate::Forward::default()
            },
            ..PbxUser::new("bob").without_voicemail()
        };
        assert_eq!(file.users, [alice, bob]);
    }

    #[test]
    fn all_mistakes_are_found_at_their_places() {
        let file = read_users(
            "users.toml",
            "[[users]]\nname = \"alice\"\npasword = \"x\"\n[[users]]\nname = \"alice\"\n\
             voicemail = 1\n[[users]]\nextension = \"7\"\n[[users]]\nname = \"a b\"\n[user]\n",
        );
        let expected = [
            ("unknown-key", "3:1"),
            ("bad-user", "5:8"),
            ("bad-value", "6:13"),
            ("missing-key", "7:1"),
            ("bad-user", "10:8"),
            ("unknown-key", "11:2"),
        ];
        let expected = expected.map(|(code, place)| (code, place.to_owned()));
        assert_eq!(places(&file), expected, "{:?}", file.diagnostics);
        let help = &file.diagnostics[0].help;
        assert!(
            help.iter().any(|line| line.contains("`password`")),
            "{help:?}"
        );
    }

    #[test]
    fn files_without_users_and_broken_files_are_refused() {
        assert_eq!(places(&read_users("u", "# nothing\n"))[0].0, "no-users");
        assert_eq!(places(&read_users("u", "users = 3\n"))[0].0, "bad-value");
        let broken = read_users("u", "[[users]]\nname = alice\n");
        assert!(broken.diagnostics.has_errors());
        assert_eq!(places(&broken)[0], ("bad-toml", "2:8".to_owned()));
    }
}
