//! Injection files (SIPp's `-inf`).

use fastrand::Rng;
use gannet_scenario::seagull::NamedBytes;
use gannet_scenario::sipp::injection::{ChangeError, InjectionFile, LoadedInjection, Order};

fn load(text: &[u8]) -> LoadedInjection {
    InjectionFile::load(&NamedBytes {
        name: "dir/users.csv".to_owned(),
        bytes: text.to_vec(),
    })
}

fn file(text: &[u8]) -> InjectionFile {
    let loaded = load(text);
    assert!(
        loaded.diagnostics.is_empty(),
        "{:?}",
        loaded.diagnostics.as_slice()
    );
    loaded.file.expect("a file")
}

fn cell(file: &InjectionFile, line: usize, column: usize) -> Option<String> {
    let mut out = Vec::new();
    file.cell(line, column, &mut out)
        .then(|| out.escape_ascii().to_string())
}

#[test]
fn lines_have_cells() {
    let file =
        file(b"SEQUENTIAL\r\n#;no\r\njoe;secret\r\n;\r\nann;[authentication username=x];\xeb\n");
    assert_eq!(file.order(), Order::Sequential);
    assert_eq!((file.line_count(), file.columns()), (3, 3));
    let cases = [
        (0, 0, Some("joe")),
        (0, 1, Some("secret")),
        (0, 2, None),
        (1, 0, Some("")),
        (1, 1, Some("")),
        (1, 2, None),
        (2, 1, Some("[authentication username=x]")),
        (2, 2, Some("\\xeb")),
        (3, 0, None),
    ];
    for (line, column, expected) in cases {
        assert_eq!(
            cell(&file, line, column).as_deref(),
            expected,
            "{line} {column}"
        );
    }
    let info = file.info();
    assert_eq!((info.columns, info.is_printf), (Some(3), false));
}

#[test]
fn calls_get_lines_in_order_at_random_or_by_user() {
    let mut rng = Rng::with_seed(4);
    let sequential = file(b"SEQUENTIAL\na\nb\nc");
    let picked: Vec<_> = (0..5)
        .map(|turn| sequential.pick(turn, None, &mut rng))
        .collect();
    assert_eq!(
        picked,
        [
            Ok(Some(0)),
            Ok(Some(1)),
            Ok(Some(2)),
            Ok(Some(0)),
            Ok(Some(1))
        ]
    );
    let random = file(b"RANDOM,x\na\nb\nc");
    let mut seen = [0; 3];
    for turn in 0..300 {
        let line = random.pick(turn, None, &mut rng).expect("a line");
        seen[line.expect("a line")] += 1;
    }
    assert!(seen.iter().all(|count| *count > 50), "{seen:?}");
    let users = file(b"USER\na\nb");
    assert_eq!(users.pick(9, Some(2), &mut rng), Ok(Some(1)));
    assert_eq!(users.pick(9, None, &mut rng), Ok(None));
    assert_eq!(users.pick(9, Some(0), &mut rng), Ok(None));
    let none = users.pick(9, Some(3), &mut rng).expect_err("no line");
    assert_eq!(
        none.to_string(),
        "`dir/users.csv` has 2 lines, and none for user 3"
    );
}

#[test]
fn counted_lines_are_more_than_the_file_has() {
    let file = file(b"SEQUENTIAL,PRINTF=5,PRINTFOFFSET=100,PRINTFMULTIPLE=10\nu%d;%04d\nv%d;x%%\n");
    assert_eq!(file.line_count(), 5);
    let cases = [
        (0, 0, Some("u100")),
        (1, 0, Some("v110")),
        (2, 1, Some("0120")),
        (3, 1, Some("x%")),
        (4, 0, Some("u140")),
        (5, 0, None),
    ];
    for (line, column, expected) in cases {
        assert_eq!(cell(&file, line, column).as_deref(), expected, "{line}");
    }
    assert!(file.info().is_printf);
}

#[test]
fn an_index_finds_the_last_line_and_follows_changes() {
    let mut file = file(b"SEQUENTIAL\njoe;1\nann;2\njoe;3\n");
    assert_eq!(file.lookup(b"joe"), None);
    file.build_index(0);
    assert!(file.is_indexed());
    assert_eq!(file.lookup(b"joe"), Some(2));
    assert_eq!(file.lookup(b"ann"), Some(1));
    assert_eq!(file.lookup(b"bob"), None);
    file.insert(b"bob;4;5").expect("inserted");
    assert_eq!(file.lookup(b"bob"), Some(3));
    file.replace(1, b"eve;6").expect("replaced");
    assert_eq!(file.lookup(b"ann"), None);
    assert_eq!(file.lookup(b"eve"), Some(1));
    // The index names line 2 for joe, so line 0 leaves it alone.
    file.replace(0, b"x").expect("replaced");
    assert_eq!(file.lookup(b"joe"), Some(2));
    assert_eq!(cell(&file, 3, 2).as_deref(), Some("5"));
    for line in [-1, 4] {
        assert_eq!(
            file.replace(line, b"y"),
            Err(ChangeError::NoSuchLine {
                file: "dir/users.csv".to_owned(),
                line,
                lines: 4
            })
        );
    }
}

#[test]
fn counted_lines_cannot_change() {
    let mut file = file(b"USER,PRINTF=3\nu%d\n");
    file.build_index(0);
    assert_eq!(file.lookup(b"u2"), Some(2));
    for result in [file.insert(b"x"), file.replace(0, b"x")] {
        let error = result.expect_err("counted");
        assert_eq!(
            error.to_string(),
            "the lines of `dir/users.csv` are counted: they cannot change"
        );
    }
}

const FAULTS: [(&str, &[&str]); 10] = [
    (
        "SEQUENTAL\na\n",
        &["1:1 bad-injection-file: the first line does not say in which order lines are taken"],
    ),
    ("RANDOM\n", &["2:1 bad-injection-file: there are no lines"]),
    (
        "",
        &[
            "1:1 bad-injection-file: the first line does not say in which order lines are taken",
            "1:1 bad-injection-file: there are no lines",
        ],
    ),
    (
        "USER\n\na\n",
        &[
            "2:1 lines-not-read: the file ends at this empty line: what follows is not read",
            "4:1 bad-injection-file: there are no lines",
        ],
    ),
    (
        "USER,PRINTF\na\n",
        &["1:6 bad-injection-file: `PRINTF` needs `=` and a number"],
    ),
    (
        "USER,PRINTF=0\na\n",
        &["1:13 bad-injection-file: `PRINTF` needs a number from 1"],
    ),
    (
        "USER,PRINTF=x,PRINTFOFFSET=3y\na\n",
        &[
            "1:13 bad-injection-file: `PRINTF` needs a number from 1",
            "1:28 bad-injection-file: `PRINTFOFFSET` needs a number",
        ],
    ),
    (
        "USER,PRINTFOFFSET=3\na\n",
        &[
            "1:1 bad-injection-file: lines are counted only with PRINTF=, which says how many there are",
        ],
    ),
    (
        "USER,PRINTF=3,PRINTFOFSET=3\na\n",
        &["1:15 bad-injection-file: `PRINTFOFSET` has no effect"],
    ),
    (
        "USER,PRINTF=3\na;b%d;c%s\n%",
        &[
            "2:8 bad-printf: this `%` begins no number",
            "3:1 bad-printf: this `%` begins no number",
        ],
    ),
];

#[test]
fn every_fault_has_its_place() {
    for (text, expected) in FAULTS {
        let loaded = load(text.as_bytes());
        let shown: Vec<String> = loaded
            .diagnostics
            .iter()
            .map(|found| {
                let place = loaded.source.position(found.span.start);
                format!("{place} {}: {}", found.code, found.message)
            })
            .collect();
        assert_eq!(shown, expected, "{text:?}");
        assert_eq!(
            loaded.file.is_none(),
            loaded.diagnostics.has_errors(),
            "{text:?}"
        );
    }
}
