//! The known figures of a channel, a field each.

use super::ChannelFigure;
use super::figure_value::FigureValue;
use crate::quantity::{Count, Money};

/// The figures that are known: given or implied.
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
    pub(super) fn from_values(mut value: impl FnMut(ChannelFigure) -> Option<FigureValue>) -> Self {
        let mut figures = Self::default();
        for figure in ChannelFigure::ALL {
            let value = value(figure);
            let count = value.and_then(FigureValue::count);
            let money = value.and_then(FigureValue::money);
            // Written out, so that a figure added later does not compile until it has its place.
            match figure {
                ChannelFigure::Impressions => figures.impressions = count,
                ChannelFigure::Engagements => figures.engagements = count,
                ChannelFigure::Clicks => figures.clicks = count,
                ChannelFigure::Visitors => figures.visitors = count,
                ChannelFigure::Conversions => figures.conversions = count,
                ChannelFigure::NewCustomers => figures.new_customers = count,
                ChannelFigure::Spend => figures.spend = money,
                ChannelFigure::Revenue => figures.revenue = money,
            }
        }
        figures
    }

    /// The value of a figure, if it is known.
    pub(super) fn value(&self, figure: ChannelFigure) -> Option<FigureValue> {
        let count = self.count(figure).map(FigureValue::Count);
        count.or_else(|| self.money(figure).map(FigureValue::Money))
    }

    pub(super) const fn count(&self, figure: ChannelFigure) -> Option<Count> {
        match figure {
            ChannelFigure::Impressions => self.impressions,
            ChannelFigure::Engagements => self.engagements,
            ChannelFigure::Clicks => self.clicks,
            ChannelFigure::Visitors => self.visitors,
            ChannelFigure::Conversions => self.conversions,
            ChannelFigure::NewCustomers => self.new_customers,
            ChannelFigure::Spend | ChannelFigure::Revenue => None,
        }
    }

    pub(super) const fn money(&self, figure: ChannelFigure) -> Option<Money> {
        match figure {
            ChannelFigure::Spend => self.spend,
            ChannelFigure::Revenue => self.revenue,
            _ => None,
        }
    }
}
