//! Header fields that depend on who calls whom, such as Identity.

use std::fmt;
use std::sync::Arc;

use gannet_sip::Uri;

use crate::error::PhoneError;
use crate::phone::Phone;

/// What a header field is made of.
type Maker = dyn Fn(&Uri, &Uri) -> Vec<(String, String)> + Send + Sync;

/// Makes header fields for an INVITE from the URIs in its From and To.
#[derive(Clone)]
pub struct CallFields(Arc<Maker>);

impl CallFields {
    /// Made by this.
    pub fn new(make: impl Fn(&Uri, &Uri) -> Vec<(String, String)> + Send + Sync + 'static) -> Self {
        Self(Arc::new(make))
    }

    /// Names and values for a call from one to another.
    pub(crate) fn of(&self, from: &Uri, to: &Uri) -> Vec<(String, String)> {
        (self.0)(from, to)
    }
}

impl fmt::Debug for CallFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallFields")
    }
}

impl Phone {
    /// Puts these fields into each INVITE that begins a call from now on; `None` puts none.
    ///
    /// # Errors
    /// If the phone was stopped.
    pub async fn set_call_fields(&self, fields: Option<CallFields>) -> Result<(), PhoneError> {
        self.ask(move |actor, _| actor.call_fields = fields).await
    }
}
