//! What the expressions mean: a row for each rule that other regular expressions do not share.

#![cfg(all(unix, target_env = "gnu"))]

use std::ops::Range;

use gannet_ere::{Captures, Fault, Options, Regex};

const SIPP: Options = Options {
    newline: false,
    ignore_case: false,
};
const SEAGULL: Options = Options {
    newline: true,
    ignore_case: false,
};
const EITHER_CASE: Options = Options {
    newline: true,
    ignore_case: true,
};

/// One search: options, pattern, haystack, and the groups up to the last that took part.
type Row = (
    Options,
    &'static str,
    &'static str,
    &'static [Option<Range<usize>>],
);

const NONE: &[Option<Range<usize>>] = &[];

fn groups(regex: &Regex, haystack: &[u8], start: usize) -> Vec<Option<Range<usize>>> {
    let mut captures = Captures::default();
    let found = regex.find_at(haystack, start, &mut captures);
    let all: Vec<_> = (0..10).map(|group| captures.get(group)).collect();
    let count = all
        .iter()
        .rposition(Option::is_some)
        .map_or(0, |last| last + 1);
    assert_eq!(found, count > 0);
    all[..count].to_vec()
}

fn check(rows: &[Row]) {
    for (options, pattern, haystack, expected) in rows {
        for compile in [Regex::new, Regex::reference] {
            let regex = compile(pattern.as_bytes(), *options).unwrap();
            let found = groups(&regex, haystack.as_bytes(), 0);
            assert_eq!(found, *expected, "{regex:?} on {haystack:?}");
        }
    }
}

#[test]
fn the_leftmost_longest_match_wins() {
    check(&[
        (
            SIPP,
            "([0-9]+|[0-9]+[.][0-9]+)",
            "12.34",
            &[Some(0..5), Some(0..5)],
        ),
        (SIPP, "a|ab|abc", "xabcd", &[Some(1..4)]),
        (
            SIPP,
            "(a|ab)(c|bcd)(d*)",
            "abcd",
            &[Some(0..4), Some(0..1), Some(1..4), Some(4..4)],
        ),
        (SIPP, "x*", "axx", &[Some(0..0)]),
        (SIPP, "b+", "abbabbb", &[Some(1..3)]),
        (SIPP, "xyz", "xyxy", NONE),
    ]);
}

#[test]
fn the_last_round_of_a_repeated_group_is_told() {
    check(&[
        (
            SIPP,
            "(;b=([a-z]*))*",
            ";b=x;b=yz",
            &[Some(0..9), Some(4..9), Some(7..9)],
        ),
        (
            SIPP,
            "(;b=(.*))*",
            ";b=x;b=yz",
            &[Some(0..9), Some(0..9), Some(3..9)],
        ),
        (SIPP, "a(;b)*", "a", &[Some(0..1)]),
        (SIPP, "(a)|(b)", "b", &[Some(0..1), None, Some(0..1)]),
        (
            SIPP,
            "(a(b)?)+",
            "aba",
            &[Some(0..3), Some(2..3), Some(1..2)],
        ),
        (SIPP, "(a|b)+c", "abc", &[Some(0..3), Some(1..2)]),
    ]);
}

#[test]
fn what_gnu_and_posix_add_is_there() {
    check(&[
        (SIPP, r"(a+)-\1", "aa-aab", &[Some(0..5), Some(0..2)]),
        (SIPP, "a{,2}b", "aaab", &[Some(1..4)]),
        (SIPP, "(a{2,3}){2}", "aaaaaaa", &[Some(0..6), Some(3..6)]),
        (SIPP, "x(a||b)y", "xy", &[Some(0..2), Some(1..1)]),
        (SIPP, "a()b", "ab", &[Some(0..2), Some(1..1)]),
        (SIPP, r"\bsip\b", "xsip sip", &[Some(5..8)]),
        (SIPP, r"\w+", "--ab", &[Some(2..4)]),
        (SIPP, r"\d", "5d", &[Some(1..2)]),
        (SIPP, "a)", "a)", &[Some(0..2)]),
        (SIPP, "a}", "a}", &[Some(0..2)]),
        (SIPP, "[[=a=]]", "ba", &[Some(1..2)]),
    ]);
}

#[test]
fn a_backslash_in_brackets_is_itself() {
    check(&[
        (SIPP, r"[^\r\n]+", "turn", &[Some(0..2)]),
        (SIPP, r"[\t]+", r"a\tb", &[Some(1..3)]),
        (SIPP, r#"[A-Z \"\-]+"#, r#"a\"-b"#, &[Some(1..4)]),
        (SIPP, r"SIP\/2\.0", "SIP/2.0", &[Some(0..7)]),
    ]);
}

#[test]
fn lines_matter_only_with_newline() {
    check(&[
        (SEAGULL, "b.*", "ab\r\nc", &[Some(1..3)]),
        (SIPP, "b.*", "ab\r\nc", &[Some(1..5)]),
        (SEAGULL, "[^a]+", "ab\nc", &[Some(1..2)]),
        (SIPP, "[^a]+", "ab\nc", &[Some(1..4)]),
        (SEAGULL, "[[:space:]]+", "a\r\n b", &[Some(1..4)]),
        (SEAGULL, "^b", "a\nb", &[Some(2..3)]),
        (SIPP, "^b", "a\nb", NONE),
        (SEAGULL, "a$", "a\nb", &[Some(0..1)]),
        (SIPP, "a$", "a\nb", NONE),
        (SEAGULL, "(.*)$", "v\r\n", &[Some(0..2), Some(0..2)]),
        (SEAGULL, "[[:space:]]*$", " \r\n\r\nx", &[Some(0..4)]),
        (SEAGULL, "a.b", "a\0b", NONE),
        (SEAGULL, "a[^x]b", "a\0b", &[Some(0..3)]),
        (EITHER_CASE, "call-id[ \t]*:", "CALL-Id:", &[Some(0..8)]),
        (EITHER_CASE, "[A-C]+[^x]", "abcX", &[Some(0..3)]),
    ]);
}

#[test]
fn a_later_start_sees_what_stands_before_it() {
    type Row = (
        Options,
        &'static str,
        &'static str,
        usize,
        Option<Range<usize>>,
    );
    let rows: [Row; 7] = [
        (SEAGULL, "^b", "a\nb", 2, Some(2..3)),
        (SEAGULL, "^b", "ab", 1, None),
        (SIPP, "^b", "a\nb", 2, None),
        (SEAGULL, "a", "aba", 1, Some(2..3)),
        (SIPP, "a*", "bb", 2, Some(2..2)),
        (SIPP, "a*", "bb", 3, None),
        (SIPP, r"\bb", "ab", 1, None),
    ];
    for (options, pattern, haystack, start, expected) in rows {
        for compile in [Regex::new, Regex::reference] {
            let regex = compile(pattern.as_bytes(), options).unwrap();
            let found = groups(&regex, haystack.as_bytes(), start);
            let found = found.first().cloned().flatten();
            assert_eq!(found, expected, "{regex:?} on {haystack:?} from {start}");
        }
    }
}

#[test]
fn groups_beyond_the_tenth_are_counted_and_not_told() {
    let pattern = b"(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)";
    for compile in [Regex::new, Regex::reference] {
        let regex = compile(pattern, SIPP).unwrap();
        assert_eq!(regex.group_count(), 12);
        let mut captures = Captures::default();
        assert!(regex.find_at(b"abcdefghijk", 0, &mut captures));
        assert_eq!((captures.leading(), captures.get(9)), (10, Some(8..9)));
        assert_eq!(captures.get(10), None);
    }
}

#[test]
fn a_failed_search_leaves_no_groups() {
    let mut captures = Captures::default();
    for compile in [Regex::new, Regex::reference] {
        let regex = compile(b"(a)", SIPP).unwrap();
        assert!(regex.find_at(b"a", 0, &mut captures));
        assert!(!regex.find_at(b"b", 0, &mut captures));
        assert_eq!(captures, Captures::default());
    }
}

#[test]
fn broken_patterns_are_told_with_their_place() {
    let rows: [(&[u8], &str); 12] = [
        (b"a(b", "`(` without `)` (at byte 1 of the pattern)"),
        (b"a[b", "`[` without `]` (at byte 1 of the pattern)"),
        (b"ab{1", "`{` without `}` (at byte 2 of the pattern)"),
        (
            b"ab{1x}",
            "the braces do not hold a repeat count (at byte 2 of the pattern)",
        ),
        (
            b"ab|*",
            "nothing to repeat stands before the repetition (at byte 3 of the pattern)",
        ),
        (
            b"+",
            "nothing to repeat stands before the repetition (at byte 0 of the pattern)",
        ),
        (
            b"[z-a]",
            "a range in brackets ends before it starts (at byte 1 of the pattern)",
        ),
        (
            b"[[:digits:]]",
            "unknown character class name (at byte 1 of the pattern)",
        ),
        (b"[[.none.]]", "unknown collating element"),
        (
            b"ab\\",
            "the pattern ends with a backslash (at byte 2 of the pattern)",
        ),
        (
            br"a\1",
            "back reference to a group that is not there (at byte 1 of the pattern)",
        ),
        (
            b"a\0b",
            "a pattern cannot hold a NUL byte (at byte 1 of the pattern)",
        ),
    ];
    for (pattern, message) in rows {
        let error = Regex::new(pattern, SIPP).unwrap_err();
        assert_eq!(error.to_string(), message, "{}", pattern.escape_ascii());
    }
    let deep = b"(".repeat(100_000);
    assert!(matches!(
        Regex::new(&deep, SIPP).unwrap_err().fault,
        Fault::TooLong { .. }
    ));
}

#[test]
fn costly_searches_are_handed_to_libc() {
    // Each `a` can belong to any of the runs; the own matcher would try them all.
    let pattern = b"(a*)(a*)(a*)(a*)b(c*)$";
    let regex = Regex::new(pattern, SEAGULL).unwrap();
    assert!(regex.is_fast());
    let haystack = [
        b"a".repeat(300),
        b"bd\n".to_vec(),
        b"a".repeat(100),
        b"bc".to_vec(),
    ]
    .concat();
    let reference = Regex::reference(pattern, SEAGULL).unwrap();
    let expected = groups(&reference, &haystack, 0);
    assert_eq!(groups(&regex, &haystack, 0), expected);
    assert_eq!(expected[5], Some(404..405));
}

#[test]
fn clones_are_searched_by_many_threads() {
    for pattern in [&b"(b+)$"[..], br"(b)\1"] {
        let regex = Regex::new(pattern, SEAGULL).unwrap();
        let search = |regex: Regex| {
            for _ in 0..200 {
                assert_eq!(groups(&regex, b"abb", 0)[0], Some(1..3));
            }
        };
        #[expect(
            clippy::disallowed_methods,
            reason = "that threads share it is what is tested"
        )]
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let regex = regex.clone();
                scope.spawn(|| search(regex));
            }
        });
    }
}
