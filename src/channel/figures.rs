//! The known figures of a channel, one place each.

use super::{Figure, FigureValue};
use crate::quantity::{Count, Money};

/// The figures that are known, given or implied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Figures {
    pub(super) impressions: Option<Count>,
    pub(super) engagements: Option<Count>,
    pub(super) clicks: Option<Count>,
    pub(super) visitors: Option<Count>,
    pub(super) conversions: Option<Count>,
    pub(super) new_customers: Option<Count>,
    pub(super) spend: Option<Money>,
    pub(super) revenue: Option<Money>,
}

impl Figures {
    /// The figures for which `value` has one.
    pub(super) fn from_values(mut value: impl FnMut(Figure) -> Option<FigureValue>) -> Self {
        let mut figures = Self::default();
        for figure in Figure::ALL {
            let value = value(figure);
            let count = value.and_then(FigureValue::count);
            let money = value.and_then(FigureValue::money);
            match figure {
                Figure::Impressions => figures.impressions = count,
                Figure::Engagements => figures.engagements = count,
                Figure::Clicks => figures.clicks = count,
                Figure::Visitors => figures.visitors = count,
                Figure::Conversions => figures.conversions = count,
                Figure::NewCustomers => figures.new_customers = count,
                Figure::Spend => figures.spend = money,
                Figure::Revenue => figures.revenue = money,
            }
        }
        figures
    }

    pub(super) const fn count(&self, figure: Figure) -> Option<Count> {
        match figure {
            Figure::Impressions => self.impressions,
            Figure::Engagements => self.engagements,
            Figure::Clicks => self.clicks,
            Figure::Visitors => self.visitors,
            Figure::Conversions => self.conversions,
            Figure::NewCustomers => self.new_customers,
            Figure::Spend | Figure::Revenue => None,
        }
    }

    pub(super) const fn money(&self, figure: Figure) -> Option<Money> {
        match figure {
            Figure::Spend => self.spend,
            Figure::Revenue => self.revenue,
            _ => None,
        }
    }
}
