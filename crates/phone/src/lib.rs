//! gannet-phone
