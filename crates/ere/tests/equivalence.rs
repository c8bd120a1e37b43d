//! The own matcher beside libc on generated patterns and haystacks: same match, same groups.

#![cfg(all(unix, target_env = "gnu"))]

use gannet_ere::{Captures, GROUPS_MAX, Options, Regex};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;

/// Bytes that patterns and haystacks are made of: few, so that they meet, with those that options
/// and brackets treat apart.
const ALPHABET: &[u8] = b"abcAB: ;@\t\r\n";

/// Matches, and searches from every start, the same as libc.
fn agrees(pattern: &str, options: Options, haystack: &[u8]) -> Result<(), TestCaseError> {
    let Ok(reference) = Regex::reference(pattern.as_bytes(), options) else {
        prop_assert!(Regex::new(pattern.as_bytes(), options).is_err());
        return Ok(());
    };
    let regex = Regex::new(pattern.as_bytes(), options)
        .map_err(|error| TestCaseError::fail(format!("{pattern:?}: {error}")))?;
    if !regex.is_fast() {
        return Ok(());
    }
    let (mut ours, mut theirs) = (Captures::default(), Captures::default());
    for start in [0, 1, haystack.len() / 2, haystack.len()] {
        let found = regex.find_at(haystack, start, &mut ours);
        let expected = reference.find_at(haystack, start, &mut theirs);
        prop_assert_eq!(
            (found, ours),
            (expected, theirs),
            "{:?} {:?} on {:?} from {}",
            pattern,
            options,
            haystack.escape_ascii().to_string(),
            start
        );
    }
    Ok(())
}

fn options() -> impl Strategy<Value = Options> {
    (any::<bool>(), prop::bool::weighted(0.2)).prop_map(|(newline, ignore_case)| Options {
        newline,
        ignore_case,
    })
}

fn haystack() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        20 => prop::sample::select(ALPHABET),
        1 => prop::sample::select(&b"\0\xff-x"[..]),
    ];
    prop::collection::vec(byte, 0..24)
}

/// One byte of a pattern.
fn class() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => prop::sample::select(vec!["a", "b", "c", "A", ":", " ", ";", "@", "\t", "\r"])
            .prop_map(String::from),
        4 => prop::sample::select(vec![
            "[ab]", "[Aa]", "[ \t]", "[a-c]", "[!-}]", "[^a]", "[^ ]", "[[:space:]]",
            "[[:alpha:]]", "[^[:space:]]", "[b:]", "[^a-c;]", "[\\a]", "[]a]",
        ])
        .prop_map(String::from),
        1 => Just(".".to_owned()),
        1 => prop::sample::select(vec!["\\.", "\\:", "\\@", "\\a"]).prop_map(String::from),
    ]
}

fn quantifier() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "*", "*", "*", "+", "+", "?", "{2}", "{1,2}", "{,2}", "{2,}",
    ])
}

/// Patterns of classes, runs, groups, alternatives and repeated groups.
fn pattern() -> impl Strategy<Value = String> {
    let item = prop_oneof![
        3 => class(),
        3 => (class(), quantifier()).prop_map(|(class, times)| class + times),
    ];
    let piece = item.prop_recursive(4, 24, 4, |inner| {
        let sequence = prop::collection::vec(inner, 1..4).prop_map(|parts| parts.concat());
        let alternatives =
            prop::collection::vec(sequence.clone(), 1..4).prop_map(|branches| branches.join("|"));
        prop_oneof![
            2 => sequence,
            2 => alternatives.clone().prop_map(|inner| format!("({inner})")),
            2 => (alternatives, prop::sample::select(vec!["*", "+", "?", "{2}", "{1,2}"]))
                .prop_map(|(inner, times)| format!("({inner}){times}")),
        ]
    });
    let body = prop::collection::vec(piece, 1..5).prop_map(|parts| parts.concat());
    (
        prop::sample::select(vec!["", "", "", "^"]),
        body,
        prop::sample::select(vec!["", "", "$", ".*$", "|b"]),
    )
        .prop_map(|(head, body, tail)| format!("{head}{body}{tail}"))
}

/// Patterns as dictionaries have them: a name in either case, a separator, values, a tail.
fn field_pattern() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec!["[Aa][Bb]", "[Aa]", "ab", "[Aa]-[Bb]", "[a]"]);
    let separator = prop::sample::select(vec![
        "[ \t]*:[ \t]*",
        "[ \t]*:[ \t]",
        ":",
        "[   ]*:[ b]*",
        "[[:space:]]+",
    ]);
    let value = prop::collection::vec(
        prop::sample::select(vec![
            "(.*)",
            "([!-}]*)",
            "([abc]*)",
            "([ab ]*)[ ;]*",
            "([!-}]*)@([!-}]*)",
            "(a|b)",
            "(a|ab|abc)",
            "([^ ]+)",
            "[[:space:]]+",
            "[ab]*",
            ";+",
            "b:",
        ]),
        1..4,
    );
    let tail = prop::sample::select(vec![
        "",
        "$",
        ".*$",
        "(;a(.*))*",
        "(;a=?(.*))*$",
        "(@(a*))?",
        "[[:space:]]*$",
        "(;(a*b)+)*",
    ]);
    (name, separator, value, tail).prop_map(|(name, separator, value, tail)| {
        format!("{name}{separator}{}{tail}", value.concat())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_patterns_match_as_in_libc(
        pattern in pattern(),
        options in options(),
        haystacks in prop::collection::vec(haystack(), 6),
    ) {
        for haystack in &haystacks {
            agrees(&pattern, options, haystack)?;
        }
    }

    #[test]
    fn field_patterns_match_as_in_libc(
        pattern in field_pattern(),
        options in options(),
        head in prop::sample::select(vec!["", "ab: ", "\nAB:", "a", "aB:b@"]),
        haystacks in prop::collection::vec(haystack(), 6),
    ) {
        for haystack in &haystacks {
            agrees(&pattern, options, &[head.as_bytes(), haystack].concat())?;
        }
    }

    /// Long enough that the own matcher gives some of them up to libc.
    #[test]
    fn long_haystacks_match_as_in_libc(
        pattern in prop_oneof![pattern(), field_pattern()],
        options in options(),
        haystack in prop::collection::vec(prop::sample::select(&b"aaaaab:@; \n"[..]), 100..400),
    ) {
        agrees(&pattern, options, &haystack)?;
    }

    /// Whatever the bytes: an answer, and the same one.
    #[test]
    fn arbitrary_patterns_never_panic(
        pattern in prop::collection::vec(prop::sample::select(&br"ab(c)[d]{1,2}*+?|^$.\-:=n"[..]), 0..14),
        options in options(),
        haystack in haystack(),
    ) {
        agrees(&String::from_utf8_lossy(&pattern), options, &haystack)?;
    }

    #[test]
    fn arbitrary_bytes_never_panic(
        pattern in prop::collection::vec(any::<u8>(), 0..20),
        options in options(),
        haystack in prop::collection::vec(any::<u8>(), 0..40),
        start in 0..60_usize,
    ) {
        if let Ok(regex) = Regex::new(&pattern, options) {
            let mut captures = Captures::default();
            let found = regex.find_at(&haystack, start, &mut captures);
            prop_assert_eq!(found, captures.get(0).is_some());
            prop_assert!((0..GROUPS_MAX).all(|group| captures.get(group).is_none_or(|range| range.end <= haystack.len())));
        }
    }
}

#[test]
fn most_generated_patterns_are_fast() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let fast = |text: String| {
        let regex = Regex::new(text.as_bytes(), Options::default());
        regex.is_ok_and(|regex| regex.is_fast())
    };
    let mut count = |strategy: BoxedStrategy<String>| {
        let trees = (0..1000).map(|_| strategy.new_tree(&mut runner).expect("no filter"));
        trees.filter(|tree| fast(tree.current())).count()
    };
    let (generated, fields) = (count(pattern().boxed()), count(field_pattern().boxed()));
    assert!(
        generated > 300,
        "{generated} of 1000: the comparison would be void"
    );
    assert!(fields > 900, "{fields} of 1000");
}
