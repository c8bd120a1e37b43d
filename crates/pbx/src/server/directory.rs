//! The users and how they are found.

use std::collections::BTreeMap;

use gannet_ua::digest::{Secret, SecretSource};

use crate::error::PbxError;
use crate::user::{Forward, PbxUser};

/// A user and what was set for them.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) user: PbxUser,
    pub(crate) dnd: bool,
    pub(crate) forward: Forward,
}

/// All users by name, with indices by extension and authentication name.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    members: BTreeMap<String, Member>,
    by_extension: BTreeMap<String, String>,
    by_auth: BTreeMap<String, String>,
}

impl Directory {
    /// Adds a user, if nothing of it is taken.
    pub(crate) fn add(&mut self, user: PbxUser) -> Result<(), PbxError> {
        check_name("name", &user.name)?;
        if let Some(extension) = &user.extension {
            check_name("extension", extension)?;
        }
        let numbers = [Some(&user.name), user.extension.as_ref()];
        for (what, number) in ["name", "extension"].into_iter().zip(numbers) {
            if let Some(number) = number
                && let Some(holder) = self.find(number)
            {
                return Err(taken(&user, what, number, &holder.user.name));
            }
        }
        let auth = user.auth_name();
        if let Some(holder) = self.by_auth.get(auth) {
            return Err(taken(&user, "auth user", auth, holder));
        }
        self.by_auth.insert(auth.to_owned(), user.name.clone());
        if let Some(extension) = &user.extension {
            self.by_extension
                .insert(extension.clone(), user.name.clone());
        }
        let member = Member {
            dnd: user.dnd,
            forward: user.forward.clone(),
            user,
        };
        self.members.insert(member.user.name.clone(), member);
        Ok(())
    }

    /// Adds a user, or puts them in the place of the one with the same name, who keeps what was set
    /// for them.
    pub(crate) fn put(&mut self, user: PbxUser) -> Result<(), PbxError> {
        let Some(former) = self.members.get(&user.name).cloned() else {
            return self.add(user);
        };
        let name = user.name.clone();
        self.remove(&name)?;
        let done = self.add(user);
        if done.is_err() {
            self.add(former.user.clone())?;
        }
        let member = self.member_mut(&name)?;
        (member.dnd, member.forward) = (former.dnd, former.forward);
        done
    }

    /// Removes a user.
    pub(crate) fn remove(&mut self, name: &str) -> Result<(), PbxError> {
        let member = self.members.remove(name).ok_or_else(|| no_user(name))?;
        self.by_auth.remove(member.user.auth_name());
        if let Some(extension) = &member.user.extension {
            self.by_extension.remove(extension);
        }
        Ok(())
    }

    /// The user with that name or extension. Names compare by case (RFC 3261 19.1.4).
    pub(crate) fn find(&self, number: &str) -> Option<&Member> {
        let by_extension = || self.members.get(self.by_extension.get(number)?);
        self.members.get(number).or_else(by_extension)
    }

    /// The user who authenticates with that name.
    pub(crate) fn find_by_auth(&self, auth_name: &str) -> Option<&Member> {
        self.members.get(self.by_auth.get(auth_name)?)
    }

    /// The user with exactly that name, to be changed.
    pub(crate) fn member_mut(&mut self, name: &str) -> Result<&mut Member, PbxError> {
        self.members.get_mut(name).ok_or_else(|| no_user(name))
    }

    /// All users in alphabetical order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Member> {
        self.members.values()
    }
}

/// Users without a password have no secret: nobody can authenticate as one of them.
impl SecretSource for Directory {
    fn secret(&self, username: &str, _realm: &str) -> Option<Secret> {
        let password = self.find_by_auth(username)?.user.password.clone()?;
        Some(Secret::Password(password))
    }

    fn find_user(&self, is_wanted: &dyn Fn(&str) -> bool) -> Option<String> {
        self.by_auth.keys().find(|name| is_wanted(name)).cloned()
    }
}

fn no_user(name: &str) -> PbxError {
    PbxError::NoUser {
        name: name.to_owned(),
    }
}

fn taken(user: &PbxUser, what: &'static str, value: &str, holder: &str) -> PbxError {
    PbxError::Taken {
        name: user.name.clone(),
        what,
        value: value.to_owned(),
        holder: holder.to_owned(),
    }
}

/// What may stand in a user part without escapes (RFC 3261 25.1), so that names can be written
/// into URIs as they are; without the password separator.
fn check_name(what: &'static str, name: &str) -> Result<(), PbxError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.!~*'()&=+$,;?/".contains(c);
    let why = if name.is_empty() {
        "it is empty"
    } else if name.chars().all(allowed) {
        return Ok(());
    } else {
        "it has characters that may not stand in the user part of a URI"
    };
    Err(PbxError::BadName {
        what,
        name: name.to_owned(),
        why,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_extensions_are_found_and_unique() {
        let mut directory = Directory::default();
        let alice = PbxUser::new("alice").with_extension("1001");
        directory.add(alice.clone()).expect("free");
        assert_eq!(
            directory.find("1001").map(|m| m.user.name.as_str()),
            Some("alice")
        );
        assert!(directory.find("Alice").is_none());
        let clashes = [
            alice,
            PbxUser::new("1001"),
            PbxUser::new("bob").with_extension("alice"),
            PbxUser {
                auth_user: Some("alice".into()),
                ..PbxUser::new("bob")
            },
        ];
        for user in clashes {
            let error = directory.add(user).expect_err("taken");
            assert!(matches!(error, PbxError::Taken { .. }), "{error}");
        }
        for name in ["", "a b", "a@b", "<a>"] {
            assert!(matches!(
                directory.add(PbxUser::new(name)),
                Err(PbxError::BadName { .. })
            ));
        }
        directory.remove("alice").expect("there");
        assert!(directory.find("1001").is_none());
        directory.add(PbxUser::new("1001")).expect("free again");
    }
}
