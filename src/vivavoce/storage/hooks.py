"""Webhooks: who is told of what, what is on its way or given up, and the doors for content systems."""

from sqlalchemy import delete, desc, func, select, update

from vivavoce.storage.records import Delivery, DeliveryState, Hook, Inlet
from vivavoce.storage.rows import Rows, page, to_row
from vivavoce.storage.tables import deliveries, hooks, inlets


class HookRows(Rows):
    """Webhooks in one transaction."""

    def add(self, hook: Hook) -> None:
        """Add somebody who wants to be told."""
        self._add(hooks, hook)

    def get(self, hook_id: str) -> Hook | None:
        """Give a hook of any house."""
        return self._one(Hook, select(hooks).where(hooks.c.id == hook_id))

    def list(self, house: str) -> tuple[Hook, ...]:
        """List a house's hooks, the oldest first."""
        return self._all(Hook, select(hooks).where(hooks.c.house == house).order_by(hooks.c.created_at))

    def remove(self, house: str, hook_id: str) -> bool:
        """Remove a hook with what was on its way; False where the house has none such."""
        return bool(self._change(delete(hooks).where(hooks.c.house == house, hooks.c.id == hook_id)))

    # ------------------------------------------------------------ deliveries

    def add_delivery(self, delivery: Delivery) -> None:
        """Add news for a hook."""
        self._add(deliveries, delivery)

    def get_delivery(self, delivery_id: str) -> Delivery | None:
        """Give a delivery of any house."""
        return self._one(Delivery, select(deliveries).where(deliveries.c.id == delivery_id))

    def find_delivery(self, house: str, delivery_id: str) -> Delivery | None:
        """Give a delivery of this house."""
        return self._one(
            Delivery, select(deliveries).where(deliveries.c.house == house, deliveries.c.id == delivery_id)
        )

    def change_delivery(self, delivery: Delivery) -> None:
        """Keep a delivery as it stands now."""
        self._change(update(deliveries).where(deliveries.c.id == delivery.id).values(to_row(delivery)))

    def list_deliveries(
        self, house: str, *, state: DeliveryState | None = None, limit: int = 50, offset: int = 0
    ) -> tuple[Delivery, ...]:
        """List deliveries, the newest first."""
        query = select(deliveries).where(deliveries.c.house == house)
        if state is not None:
            query = query.where(deliveries.c.state == state)
        order = query.order_by(desc(deliveries.c.created_at), deliveries.c.id)
        return self._all(Delivery, page(order, limit=limit, offset=offset))

    def count_dead(self) -> int:
        """Count the deliveries that were given up."""
        return self._number(
            select(func.count()).select_from(deliveries).where(deliveries.c.state == DeliveryState.DEAD)
        )

    # ------------------------------------------------------------ inlets

    def add_inlet(self, inlet: Inlet) -> None:
        """Open a door."""
        self._add(inlets, inlet)

    def get_inlet(self, inlet_id: str) -> Inlet | None:
        """Give an inlet; its id is all that its sender names."""
        return self._one(Inlet, select(inlets).where(inlets.c.id == inlet_id))

    def list_inlets(self, house: str) -> tuple[Inlet, ...]:
        """List a house's inlets, the oldest first."""
        return self._all(Inlet, select(inlets).where(inlets.c.house == house).order_by(inlets.c.created_at))

    def remove_inlet(self, house: str, inlet_id: str) -> bool:
        """Close a door; False where the house has none such."""
        return bool(self._change(delete(inlets).where(inlets.c.house == house, inlets.c.id == inlet_id)))
