/// The name of a result file with the time of the run in it: `.` and `stamp`
/// (`YYYY-MM-DD.HH-MM-SS.mmm`) come before the first `.` of the file's own name that is not
/// followed by another `.`, at its end if there is none.
///
/// Seagull looks for that `.` in the whole path, so that it makes `./logs/a.csv` into a file that
/// cannot be opened. Folders are left alone here.
pub fn stamped_name(name: &str, stamp: &str) -> String {
    let file = name.rfind('/').map_or(0, |slash| slash + 1);
    let bytes = name.as_bytes();
    let dot = (file..bytes.len())
        .find(|&at| bytes[at] == b'.' && bytes.get(at + 1) != Some(&b'.'))
        .unwrap_or(bytes.len());
    format!("{}.{stamp}{}", &name[..dot], &name[dot..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stamp_stands_before_the_first_dot_of_the_file_name() {
        let cases = [
            ("../logs/a.csv", "../logs/a.T.csv"),
            ("./logs/a.csv", "./logs/a.T.csv"),
            ("a.csv", "a.T.csv"),
            ("a.b.csv", "a.T.b.csv"),
            ("a..csv", "a..T.csv"),
            ("/tmp/run.1/a.csv", "/tmp/run.1/a.T.csv"),
            ("/tmp/run.1/a", "/tmp/run.1/a.T"),
            ("a", "a.T"),
            ("", ".T"),
            ("caf\u{e9}.csv", "caf\u{e9}.T.csv"),
        ];
        for (name, expected) in cases {
            assert_eq!(stamped_name(name, "T"), expected, "{name}");
        }
    }
}
