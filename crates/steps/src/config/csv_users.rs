//! Users from a CSV file with the columns of pysiptest.

use std::path::{Path, PathBuf};

use super::model::UserConfig;

/// Why a CSV file gave no users.
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    /// It cannot be opened or is no CSV.
    #[error("cannot read users from {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: csv::Error,
    },
    /// A column that is needed is not there.
    #[error("{} has no column `{column}`; its columns are {}", path.display(), found.join(", "))]
    Column {
        /// The file.
        path: PathBuf,
        /// The missing column.
        column: &'static str,
        /// The columns that are there.
        found: Vec<String>,
    },
    /// A row without a value that is needed.
    #[error("{}:{line}: no value for `{column}`", path.display())]
    Value {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The column without value.
        column: &'static str,
    },
}

/// Reads users: `username` is the name that features use, `listedPhoneNumber` the user part of the
/// address (else `username`), `displayName` (else `firstName` and `lastName`) the name that is
/// shown, `password` the password if there is such a column.
pub fn read_users(path: &Path) -> Result<Vec<UserConfig>, CsvError> {
    let fail = |source| CsvError::Read {
        path: path.to_path_buf(),
        source,
    };
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(path)
        .map_err(fail)?;
    let header = reader.headers().map_err(fail)?.clone();
    let column = |name: &str| header.iter().position(|column| column == name);
    let name_column = column("username").ok_or_else(|| CsvError::Column {
        path: path.to_path_buf(),
        column: "username",
        found: header.iter().map(str::to_owned).collect(),
    })?;
    let mut users = Vec::new();
    for row in reader.records() {
        let row = row.map_err(fail)?;
        let value = |name: &str| {
            let cell = column(name).and_then(|index| row.get(index));
            cell.filter(|cell| !cell.is_empty()).map(str::to_owned)
        };
        let name = row.get(name_column).unwrap_or_default().to_owned();
        if name.is_empty() {
            return Err(CsvError::Value {
                path: path.to_path_buf(),
                line: row.position().map_or(0, csv::Position::line),
                column: "username",
            });
        }
        let full_name = || {
            let parts: Vec<_> = [value("firstName"), value("lastName")]
                .into_iter()
                .flatten()
                .collect();
            (!parts.is_empty()).then(|| parts.join(" "))
        };
        users.push(UserConfig {
            user: value("listedPhoneNumber").unwrap_or_else(|| name.clone()),
            display_name: value("displayName").or_else(full_name),
            password: value("password"),
            name,
            ..UserConfig::default()
        });
    }
    Ok(users)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<UserConfig>, CsvError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users.csv");
        std::fs::write(&path, text).unwrap();
        read_users(&path)
    }

    #[test]
    fn the_columns_of_pysiptest_give_users() {
        let users = read(
            "employeeId,username,displayName,firstName,lastName,listedPhoneNumber\n\
             1,alice,Alice A.,Alice,Ames,2001\n\
             2,bob,,Bob,Bones,\n",
        )
        .unwrap();
        assert_eq!(users[0].user, "2001");
        assert_eq!(users[0].display_name.as_deref(), Some("Alice A."));
        assert_eq!(users[1].user, "bob");
        assert_eq!(users[1].display_name.as_deref(), Some("Bob Bones"));
    }

    #[test]
    fn faults_name_the_file_and_the_column() {
        let error = read("name,number\na,1\n").unwrap_err().to_string();
        assert!(
            error.ends_with("has no column `username`; its columns are name, number"),
            "{error}"
        );
        let error = read("username,displayName\n,Alice\n")
            .unwrap_err()
            .to_string();
        assert!(error.ends_with(":2: no value for `username`"), "{error}");
    }
}
