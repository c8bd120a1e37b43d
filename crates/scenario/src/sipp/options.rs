/// What a scenario is read with: what the command line says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// Names and values of `-key`.
    pub keys: Vec<(String, String)>,
    /// There may be more `-key`s, as when a file is only checked: a keyword that is not known is
    /// warned of, and prints nothing.
    pub more_keys: bool,
    /// The injection files; `None` if they are not known, as when a file is only checked.
    pub injection: Option<Vec<InjectionInfo>>,
    /// The injection file of `[field0]` without a name, by its number among them.
    pub default_file: usize,
    /// Names of the global variables of scenarios that were read before, in their order: they come
    /// first among the global variables of this one.
    pub globals: Vec<String>,
    /// The same for the variables of users.
    pub user_variables: Vec<String>,
}

/// What a scenario may know of an injection file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InjectionInfo {
    /// Its name as in `-inf`; scenarios may leave the folder out.
    pub name: String,
    /// Columns of its longest line; `None` if that is not known.
    pub columns: Option<usize>,
    /// It has an index (`-infindex`).
    pub is_indexed: bool,
    /// Its lines are counted by `PRINTF`.
    pub is_printf: bool,
}

impl InjectionInfo {
    /// The name without its folder.
    pub(super) fn base_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }
}
