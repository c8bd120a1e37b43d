use std::collections::HashMap;

use fastrand::Rng;

use super::header::{Order, Printf};
use super::printf;
use crate::sipp::options::InjectionInfo;

/// What divides cells.
const DIVIDER: u8 = b';';

/// An injection file, which may change while scenarios are played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InjectionFile {
    pub(super) name: String,
    pub(super) order: Order,
    pub(super) printf: Option<Printf>,
    pub(super) lines: Vec<Vec<u8>>,
    index: Option<Index>,
}

/// Which line has which value in one column.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Index {
    column: usize,
    lines: HashMap<Box<[u8]>, usize>,
}

/// Why a line could not be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// Its lines are counted by `PRINTF`.
    #[error("the lines of `{file}` are counted: they cannot change")]
    Counted {
        /// The file.
        file: String,
    },
    /// There is no such line.
    #[error("`{file}` has {lines} lines, and no line {line}")]
    NoSuchLine {
        /// The file.
        file: String,
        /// The line that was asked for.
        line: i64,
        /// How many lines there are.
        lines: usize,
    },
}

/// A user has no line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{file}` has {lines} lines, and none for user {user}")]
pub struct NoLine {
    /// The file.
    pub file: String,
    /// How many lines there are.
    pub lines: usize,
    /// The user, from 1.
    pub user: usize,
}

impl InjectionFile {
    pub(super) fn new(
        name: String,
        order: Order,
        printf: Option<Printf>,
        lines: Vec<Vec<u8>>,
    ) -> Self {
        Self {
            name,
            order,
            printf,
            lines,
            index: None,
        }
    }

    /// Its name as in `-inf`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// In which order calls get its lines.
    pub fn order(&self) -> Order {
        self.order
    }

    /// How many lines calls can get; with `PRINTF` as many as that says.
    pub fn line_count(&self) -> usize {
        self.printf.map_or(self.lines.len(), |printf| printf.lines)
    }

    /// How many cells the longest line has.
    pub fn columns(&self) -> usize {
        let cells = |line: &Vec<u8>| 1 + memchr::memchr_iter(DIVIDER, line).count();
        self.lines.iter().map(cells).max().unwrap_or_default()
    }

    /// What scenarios are compiled with.
    pub fn info(&self) -> InjectionInfo {
        InjectionInfo {
            name: self.name.clone(),
            columns: Some(self.columns()),
            is_indexed: self.index.is_some(),
            is_printf: self.printf.is_some(),
        }
    }

    /// The line for a call: by its `turn` among the calls (from 0), at random, or that of its user
    /// (from 1). `None` if lines belong to users and the call has none.
    ///
    /// # Errors
    ///
    /// The user is beyond the last line.
    pub fn pick(
        &self,
        turn: u64,
        user: Option<usize>,
        rng: &mut Rng,
    ) -> Result<Option<usize>, NoLine> {
        let lines = self.line_count();
        match self.order {
            Order::Sequential => Ok(usize::try_from(turn % lines.max(1) as u64).ok()),
            Order::Random => Ok(Some(rng.usize(..lines.max(1)))),
            Order::User => match user.filter(|user| *user > 0) {
                None => Ok(None),
                Some(user) if user <= lines => Ok(Some(user - 1)),
                Some(user) => Err(NoLine {
                    file: self.name.clone(),
                    lines,
                    user,
                }),
            },
        }
    }

    /// Appends a cell to `out`: line and column from 0. Whether there is such a cell.
    #[inline]
    pub fn cell(&self, line: usize, column: usize, out: &mut Vec<u8>) -> bool {
        if line >= self.line_count() {
            return false;
        }
        let Some(cell) = self
            .lines
            .get(line % self.lines.len().max(1))
            .and_then(|text| text.split(|byte| *byte == DIVIDER).nth(column))
        else {
            return false;
        };
        match &self.printf {
            Some(counted) => printf::render(cell, counted.number(line), out),
            None => out.extend_from_slice(cell),
        }
        true
    }

    /// Builds the index of a column, from 0. Of lines with the same value the last one counts.
    pub fn build_index(&mut self, column: usize) {
        self.index = Some(Index {
            column,
            lines: HashMap::with_capacity(self.line_count()),
        });
        for line in 0..self.line_count() {
            self.add_to_index(line);
        }
    }

    /// Whether it has an index.
    pub fn is_indexed(&self) -> bool {
        self.index.is_some()
    }

    /// The line that has this value in the column of the index.
    #[inline]
    pub fn lookup(&self, value: &[u8]) -> Option<usize> {
        self.index.as_ref()?.lines.get(value).copied()
    }

    /// Adds a line.
    ///
    /// # Errors
    ///
    /// Its lines are counted.
    pub fn insert(&mut self, line: &[u8]) -> Result<(), ChangeError> {
        self.can_change()?;
        self.lines.push(line.to_vec());
        self.add_to_index(self.lines.len() - 1);
        Ok(())
    }

    /// Puts another text in the place of a line, from 0.
    ///
    /// # Errors
    ///
    /// Its lines are counted, or there is no such line.
    pub fn replace(&mut self, line: i64, text: &[u8]) -> Result<(), ChangeError> {
        self.can_change()?;
        let at = usize::try_from(line)
            .ok()
            .filter(|at| *at < self.lines.len());
        let Some(at) = at else {
            return Err(ChangeError::NoSuchLine {
                file: self.name.clone(),
                line,
                lines: self.lines.len(),
            });
        };
        self.take_from_index(at);
        let old = &mut self.lines[at];
        old.clear();
        old.extend_from_slice(text);
        self.add_to_index(at);
        Ok(())
    }

    fn can_change(&self) -> Result<(), ChangeError> {
        if self.printf.is_some() {
            return Err(ChangeError::Counted {
                file: self.name.clone(),
            });
        }
        Ok(())
    }

    fn add_to_index(&mut self, line: usize) {
        let Some(column) = self.index.as_ref().map(|index| index.column) else {
            return;
        };
        let mut value = Vec::new();
        self.cell(line, column, &mut value);
        if let Some(index) = &mut self.index {
            index.lines.insert(value.into(), line);
        }
    }

    fn take_from_index(&mut self, line: usize) {
        let Some(column) = self.index.as_ref().map(|index| index.column) else {
            return;
        };
        let mut value = Vec::new();
        self.cell(line, column, &mut value);
        if let Some(index) = &mut self.index
            && index.lines.get(value.as_slice()) == Some(&line)
        {
            index.lines.remove(value.as_slice());
        }
    }
}
