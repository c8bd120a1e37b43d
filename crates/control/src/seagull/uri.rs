//! Targets, read as loosely as Seagull reads them.

/// What follows the first place where `name` stands.
pub(super) fn after<'a>(uri: &'a str, name: &str) -> Option<&'a str> {
    uri.find(name).map(|at| &uri[at + name.len()..])
}

/// What follows a place where `name` stands at the end or before a `?`: the arguments.
pub(super) fn arguments<'a>(uri: &'a str, name: &str) -> Option<&'a str> {
    uri.match_indices(name)
        .map(|(at, _)| &uri[at + name.len()..])
        .find_map(|rest| {
            if rest.is_empty() {
                Some("")
            } else {
                rest.strip_prefix('?')
            }
        })
}

/// The number of an argument; nothing if it is missing or is no number.
pub(super) fn number(arguments: &str, name: &str) -> Option<u64> {
    let (_, value) = arguments
        .split('&')
        .filter_map(|argument| argument.split_once('='))
        .find(|(found, _)| *found == name)?;
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    if digits { value.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_found_anywhere() {
        assert_eq!(after("/x/seagull/y", "seagull"), Some("/y"));
        assert_eq!(after("/x", "seagull"), None);
        assert_eq!(arguments("/rate?value=1", "rate"), Some("value=1"));
        assert_eq!(arguments("/stop", "stop"), Some(""));
        assert_eq!(arguments("/rate/rate", "rate"), Some(""));
        assert_eq!(arguments("/stopped", "stop"), None);
    }

    #[test]
    fn numbers_are_digits_only() {
        let cases = [
            ("value=12", Some(12)),
            ("duration=3&value=12", Some(12)),
            ("value=", None),
            ("value=+1", None),
            ("value=-1", None),
            ("value=1.5", None),
            ("value=1x", None),
            ("value=99999999999999999999", None),
            ("values=1", None),
            ("", None),
        ];
        for (arguments, expected) in cases {
            assert_eq!(number(arguments, "value"), expected, "{arguments}");
        }
    }
}
