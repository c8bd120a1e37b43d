//! Pages that need not be fetched again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::client::{FetchError, Page, fetch};

/// How long a fetch may take.
const FETCH_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a page is good: certificates change by the day, tests by the minute.
const LIFETIME: Duration = Duration::from_mins(5);
/// More pages than any run needs; the cache begins anew with one more.
const PAGES_MAX: usize = 1_000;

/// Fetches pages once. Failures are not kept.
#[derive(Debug, Default)]
pub struct PageCache {
    pages: Mutex<HashMap<String, (Instant, Page)>>,
}

impl PageCache {
    /// The page, from the cache or its server. Blocks up to some seconds.
    pub fn get(&self, url: &str) -> Result<Page, FetchError> {
        if let Some(page) = self.known(url) {
            return Ok(page);
        }
        let page = fetch(url, FETCH_TIMEOUT)?;
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.len() >= PAGES_MAX {
            pages.clear();
        }
        pages.insert(url.to_owned(), (Instant::now(), page.clone()));
        Ok(page)
    }

    fn known(&self, url: &str) -> Option<Page> {
        let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, page) = pages.get(url)?;
        (since.elapsed() < LIFETIME).then(|| page.clone())
    }
}
