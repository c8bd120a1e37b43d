//! Names of files with the date of the run.

use std::time::SystemTime;

use chrono::FixedOffset;

use super::clock::file_stamp;

/// `client.csv` as `client.YYYY-MM-DD.HH-MM-SS.mmm.csv`: the date stands before the first dot of
/// the file name that no other dot follows, at its end if it has none.
///
/// Seagull looks for the dot in the whole path, so that `./logs/a.csv` names a folder that does
/// not exist; here only the last part of the path counts.
pub fn stamped(path: &str, at: SystemTime, offset: FixedOffset) -> String {
    with_part(path, &file_stamp(at, offset))
}

/// The protocol statistics of one dictionary: `stat.csv` as `stat.sip-protocol.DATE.csv`, without
/// the date if `at` is nothing.
pub fn stamped_protocol(
    path: &str,
    protocol: &str,
    at: Option<SystemTime>,
    offset: FixedOffset,
) -> String {
    match at {
        Some(at) => with_part(path, &format!("{protocol}.{}", file_stamp(at, offset))),
        None => with_part(path, protocol),
    }
}

fn with_part(path: &str, part: &str) -> String {
    let name = path.rfind('/').map_or(0, |slash| slash + 1);
    // A dot at the very start hides a file, it does not end its name.
    let dot = path[name..]
        .char_indices()
        .skip(1)
        .find(|(at, letter)| *letter == '.' && !path[name + at + 1..].starts_with('.'))
        .map_or(path.len(), |(at, _)| name + at);
    format!("{}.{part}{}", &path[..dot], &path[dot..])
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn offset() -> FixedOffset {
        FixedOffset::east_opt(0).expect("zero is in range")
    }

    #[test]
    fn the_date_stands_before_the_first_dot_of_the_name() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_millis(1_500);
        let date = "1970-01-01.00-00-01.500";
        let cases = [
            ("../logs/a.csv", format!("../logs/a.{date}.csv")),
            ("./logs/a.csv", format!("./logs/a.{date}.csv")),
            ("a.stat.csv", format!("a.{date}.stat.csv")),
            ("a..csv", format!("a..{date}.csv")),
            ("a", format!("a.{date}")),
            ("/tmp/run.1/a.csv", format!("/tmp/run.1/a.{date}.csv")),
            ("caf\u{e9}.csv", format!("caf\u{e9}.{date}.csv")),
            ("/tmp/x.d/plain", format!("/tmp/x.d/plain.{date}")),
            (".hidden.csv", format!(".hidden.{date}.csv")),
            ("", format!(".{date}")),
        ];
        for (path, expected) in cases {
            assert_eq!(stamped(path, at, offset()), expected);
        }
    }

    #[test]
    fn a_protocol_stands_before_the_date() {
        let at = SystemTime::UNIX_EPOCH;
        assert_eq!(
            stamped_protocol("../logs/p.csv", "sip", Some(at), offset()),
            "../logs/p.sip.1970-01-01.00-00-00.000.csv"
        );
        assert_eq!(
            stamped_protocol("../logs/p.csv", "sip", None, offset()),
            "../logs/p.sip.csv"
        );
    }
}
