//! A client and a server, and what the tests say about them.

use std::time::Instant;

use gannet_ua::digest::{
    Accepted, AuthAttempt, AuthOutcome, AuthTarget, Authorization, ClientAuth, Credentials,
    DigestServer, GiveUp, HeaderField, Refusal, RequestFacts, Secret, SecretSource, ServerPolicy,
};

pub(crate) const REGISTER: RequestFacts<'_> = RequestFacts {
    method: "REGISTER",
    uri: "sip:biloxi.com",
    body: b"",
};

/// Users of the realm; hashed names are resolved by trying all.
pub(crate) struct Users(pub(crate) Vec<(&'static str, Secret)>);

impl SecretSource for Users {
    fn secret(&self, username: &str, _realm: &str) -> Option<Secret> {
        let user = self.0.iter().find(|(name, _)| *name == username);
        user.map(|(_, secret)| secret.clone())
    }

    fn find_user(&self, is_wanted: &dyn Fn(&str) -> bool) -> Option<String> {
        let user = self.0.iter().find(|(name, _)| is_wanted(name));
        user.map(|(name, _)| (*name).to_owned())
    }
}

pub(crate) fn users() -> Users {
    Users(vec![("bob", Secret::Password("zanzibar".to_owned()))])
}

/// Some instant to count from.
#[expect(
    clippy::disallowed_methods,
    reason = "an Instant comes from nowhere else"
)]
pub(crate) fn epoch() -> Instant {
    Instant::now()
}

/// A client and a server of one realm, at a time that tests move.
pub(crate) struct Bench {
    pub(crate) rng: fastrand::Rng,
    pub(crate) now: Instant,
    pub(crate) client: ClientAuth,
    pub(crate) server: DigestServer,
    pub(crate) users: Users,
}

impl Bench {
    pub(crate) fn new(policy: ServerPolicy) -> Self {
        let mut rng = fastrand::Rng::with_seed(42);
        let now = epoch();
        let mut client = ClientAuth::default();
        client.add_credentials(None, Credentials::password("bob", "zanzibar"));
        Self {
            server: DigestServer::new(policy, now, &mut rng),
            rng,
            now,
            client,
            users: users(),
        }
    }

    pub(crate) fn sip() -> Self {
        Self::new(ServerPolicy::new("biloxi.com"))
    }

    pub(crate) fn judge(
        &mut self,
        fields: &[HeaderField],
        request: &RequestFacts<'_>,
    ) -> Result<Accepted, Refusal> {
        let values: Vec<&str> = fields.iter().map(|field| field.value.as_str()).collect();
        self.server.verify(self.now, &values, request, &self.users)
    }

    /// Plays one request to its end; gives what the server found each time.
    pub(crate) fn play(
        &mut self,
        request: &RequestFacts<'_>,
    ) -> (AuthAttempt, Vec<Result<Accepted, Refusal>>, Option<GiveUp>) {
        let mut attempt = AuthAttempt::default();
        let mut fields = self.client.authorize(&mut attempt, request, &mut self.rng);
        let mut found = Vec::new();
        loop {
            let verdict = self.judge(&fields, request);
            let refusal = verdict.as_ref().err().cloned();
            found.push(verdict);
            let Some(refusal) = refusal else {
                return (attempt, found, None);
            };
            let challenges =
                self.server
                    .challenge(self.now, AuthTarget::Origin, refusal.is_stale());
            let values: Vec<_> = challenges
                .iter()
                .map(|field| (AuthTarget::Origin, field.value.as_str()))
                .collect();
            match self
                .client
                .challenged(&mut attempt, &values, request, &mut self.rng)
            {
                AuthOutcome::Retry(retry) => fields = retry,
                AuthOutcome::GiveUp(reason) => return (attempt, found, Some(reason)),
            }
        }
    }

    /// A short name for each thing the server found.
    pub(crate) fn names(&mut self, request: &RequestFacts<'_>) -> Vec<&'static str> {
        let (_, found, given_up) = self.play(request);
        let mut names: Vec<_> = found.iter().map(name_of).collect();
        names.extend(given_up.map(|_| "given up"));
        names
    }
}

pub(crate) fn name_of(verdict: &Result<Accepted, Refusal>) -> &'static str {
    match verdict {
        Ok(_) => "accepted",
        Err(Refusal::Missing) => "missing",
        Err(Refusal::Stale) => "stale",
        Err(Refusal::Replay { .. }) => "replay",
        Err(Refusal::Wrong(_)) => "wrong",
        Err(Refusal::UnknownUser { .. }) => "unknown",
        Err(Refusal::Malformed(_)) => "malformed",
    }
}

/// The credentials that a client gives to challenges for a request.
pub(crate) fn answer(
    client: &mut ClientAuth,
    challenges: &[&str],
    request: &RequestFacts<'_>,
) -> Authorization {
    let challenges: Vec<_> = challenges
        .iter()
        .map(|value| (AuthTarget::Origin, *value))
        .collect();
    let rng = &mut fastrand::Rng::with_seed(1);
    match client.challenged(&mut AuthAttempt::default(), &challenges, request, rng) {
        AuthOutcome::Retry(fields) => Authorization::parse(&fields[0].value).unwrap(),
        AuthOutcome::GiveUp(reason) => panic!("{reason}"),
    }
}
