//! Fits as tables and on the wire.

use super::{Curve, Family, Fit, FitComparison, Parameter, ResponseError};
use crate::figure::{Cell, Figure, Table};
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;
use serde::{Serialize, Serializer};

/// The criterion, missing where there are too few points for one.
fn criterion(fit: &Fit) -> Figure<f64> {
    fit.aicc().map_or_else(|error| Figure::missing(error.to_string()), Figure::Known)
}

impl Fit {
    /// A row for each parameter of the curve, and rows for how well it fits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::response::{Family, Observations, fit};
    ///
    /// let weeks = [(50.0, 41.0), (100.0, 68.0), (200.0, 99.0), (400.0, 136.0), (800.0, 159.0)];
    /// let table = fit(Family::MichaelisMenten, &Observations::new(weeks)?)?.table();
    /// assert_eq!(table.names()[..2], ["a", "k"]);
    /// assert!(table.get("R squared", "value").is_some());
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        self.table_in("1", "1")
    }

    /// The [`table`](Self::table) of a curve whose spend and response have these units: those of its parameters and
    /// of the error of a point (the root of the mean square) follow.
    ///
    /// # Examples
    /// ```
    /// use marketloop::response::{Family, Observations, fit};
    ///
    /// let weeks = [(50.0, 41.0), (100.0, 68.0), (200.0, 99.0), (400.0, 136.0), (800.0, 159.0)];
    /// let table = fit(Family::MichaelisMenten, &Observations::new(weeks)?)?.table_in("CNY", "order");
    /// let unit = |row| table.get(row, "value").unwrap().unit.as_ref();
    /// assert_eq!((unit("a"), unit("k"), unit("error of a point")), ("order", "CNY", "order"));
    /// assert_eq!((unit("R squared"), unit("points")), ("1", "point"));
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    #[must_use]
    pub fn table_in(&self, spend: &str, response: &str) -> Table {
        let mut table = Table::new(self.family().name());
        let unit_of = |name: &str| match (self.family(), name) {
            // The response to a spend of one, whose unit has the exponent in it.
            (Family::Power, "a") => alloc::format!("{response}/{spend}^p"),
            // What an exponential, a logistic or a logarithmic curve measures spend by.
            (_, "k" | "m") => spend.into(),
            (_, "r") => alloc::format!("1/{spend}"),
            (_, "a" | "b") => response.into(),
            (Family::Adbudg, "d") => alloc::format!("{spend}^c"),
            _ => "1".to_string(),
        };
        let one = |value: f64, unit: &str| Cell::new(value, unit.to_string());
        for parameter in self.parameters() {
            let unit = unit_of(parameter.name);
            table.push(parameter.name, "value", one(parameter.value, &unit));
            let error = parameter.standard_error.clone().map(|error| one(error, &unit));
            table.push(parameter.name, "standard error", error);
        }
        table.push("points", "value", Cell::new(self.points(), "point"));
        table.push("R squared", "value", self.r_squared());
        table.push("error of a point", "value", one(self.root_mean_square(), response));
        table.push("AICc", "value", criterion(self));
        let square = if response == "1" { "1".into() } else { alloc::format!("{response}^2") };
        table.push("least squares", "value", self.minimum().map(|sum| one(sum, &square)));
        table
    }
}

impl fmt::Display for Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

#[derive(Serialize)]
#[serde(rename = "Fit")]
struct FitWire<'a> {
    curve: &'a Curve,
    parameters: &'a [Parameter],
    points: usize,
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    residual_squares: f64,
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    r_squared: f64,
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    root_mean_square: f64,
    aicc: Figure<Criterion>,
    least_squares: Figure<Criterion>,
    iterations: u32,
    starts: usize,
}

/// A float that the derive does not write bare.
struct Criterion(f64);

impl crate::figure::ToWire for Criterion {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

impl Serialize for Fit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        FitWire {
            curve: self.curve(),
            parameters: self.parameters(),
            points: self.points(),
            residual_squares: self.residual_squares(),
            r_squared: self.r_squared(),
            root_mean_square: self.root_mean_square(),
            aicc: criterion(self).map(Criterion),
            least_squares: self.minimum().map(Criterion),
            iterations: self.iterations(),
            starts: self.starts(),
        }
        .serialize(serializer)
    }
}

impl FitComparison {
    /// A row for each family, the best fit first, then those that were refused with the reason.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("family");
        for fit in self.fits() {
            table.push(fit.family(), "AICc", criterion(fit));
            table.push(fit.family(), "R squared", fit.r_squared());
        }
        for (family, error) in self.refused() {
            table.push(family, "AICc", Cell::default().because(error));
        }
        table
    }
}

impl fmt::Display for FitComparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

#[derive(Serialize)]
struct Refused<'a> {
    family: Family,
    error: &'a ResponseError,
}

#[derive(Serialize)]
#[serde(rename = "FitComparison")]
struct ComparisonWire<'a> {
    fits: Vec<&'a Fit>,
    refused: Vec<Refused<'a>>,
}

impl Serialize for FitComparison {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let refused = self.refused().iter().map(|(family, error)| Refused { family: *family, error });
        ComparisonWire { fits: self.fits().collect(), refused: refused.collect() }.serialize(serializer)
    }
}
