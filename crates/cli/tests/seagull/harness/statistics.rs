//! The log-stat file, read by column.

/// A log-stat file.
pub(crate) struct Statistics {
    columns: Vec<String>,
    pub(crate) lines: Vec<Vec<String>>,
}

impl Statistics {
    #[track_caller]
    pub(crate) fn read(text: &str) -> Self {
        assert!(text.ends_with(";\n"), "a line is not whole: {text}");
        let mut lines = text.lines().map(|line| {
            let cells = line.strip_suffix(';').expect("each line ends with ;");
            cells.split(';').map(str::to_owned).collect::<Vec<_>>()
        });
        let columns = lines.next().unwrap();
        let lines: Vec<_> = lines.collect();
        for line in &lines {
            assert_eq!(line.len(), columns.len(), "{line:?}\n{columns:?}");
        }
        Self { columns, lines }
    }

    /// A cell of a line.
    #[track_caller]
    pub(crate) fn cell(&self, line: usize, column: &str) -> &str {
        let at = self.columns.iter().position(|name| name == column);
        &self.lines[line][at.unwrap_or_else(|| panic!("no {column}"))]
    }

    /// A number of the last line.
    #[track_caller]
    pub(crate) fn last(&self, column: &str) -> u64 {
        let text = self.cell(self.lines.len() - 1, column);
        text.parse()
            .unwrap_or_else(|_| panic!("{column} is {text:?}"))
    }
}
