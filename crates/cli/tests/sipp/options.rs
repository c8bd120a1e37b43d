//! The table of options in `docs/sipp.md` is that of the program.

use std::path::Path;

use gannet_load::sipp::arguments::options_table;

#[test]
fn the_table_in_the_docs_is_made_of_the_options() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/sipp.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (begin, end) = ("<!-- options -->\n", "<!-- end of options -->\n");
    let from = text.find(begin).expect("a table of options") + begin.len();
    let to = text.find(end).expect("its end");
    let wanted = options_table();
    if std::env::var_os("GANNET_BLESS").is_some() {
        let new = format!("{}{wanted}\n{}", &text[..from], &text[to..]);
        std::fs::write(&path, new).unwrap();
        return;
    }
    assert_eq!(
        text[from..to].trim(),
        wanted.trim(),
        "GANNET_BLESS=1 cargo test -p gannet-cli --test sipp options writes it anew"
    );
}
