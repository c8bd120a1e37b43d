//! gannet-pbx
