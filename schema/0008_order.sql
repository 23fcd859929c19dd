-- 0008 order: the store's catalogue, its customers' orders, and what comes back.

-- One row is one thing that can be bought: a model in one size and colour. Written by `switchbackctl import` and the
-- store's own systems; stock_as_of says how old the count is, so that nothing stale is promised.
-- attributes: what compatibility needs, by plain keys (wheel_size, axle, speeds, ...). Prices are in the store's currency.
CREATE TABLE products (
	organization_id uuid NOT NULL REFERENCES organizations (id),
	id              uuid NOT NULL DEFAULT gen_random_uuid(),
	sku             text NOT NULL CHECK (char_length(sku) BETWEEN 1 AND 60),
	category        text NOT NULL CHECK (category ~ '^[a-z][a-z_]{0,39}$'),
	brand           text CHECK (char_length(brand) <= 80),
	model           text CHECK (char_length(model) <= 120),
	name_en         text NOT NULL CHECK (char_length(name_en) BETWEEN 1 AND 200),
	name_fr         text NOT NULL CHECK (char_length(name_fr) BETWEEN 1 AND 200),
	description_en  text CHECK (char_length(description_en) <= 2000),
	description_fr  text CHECK (char_length(description_fr) <= 2000),
	size            text CHECK (char_length(size) <= 40),
	color_en        text CHECK (char_length(color_en) <= 40),
	color_fr        text CHECK (char_length(color_fr) <= 40),
	price           numeric(12,2) CHECK (price >= 0),
	sale_price      numeric(12,2) CHECK (sale_price >= 0 AND sale_price <= price),
	stock           integer NOT NULL DEFAULT 0 CHECK (stock >= 0),
	stock_as_of     timestamptz NOT NULL DEFAULT now(),
	restock_on      date,
	attributes      jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(attributes) = 'object'),
	is_active       boolean NOT NULL DEFAULT true,
	created_at      timestamptz NOT NULL DEFAULT now(),
	updated_at      timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (organization_id, id),
	UNIQUE (organization_id, sku)
);
CALL tenant_table('products');
CREATE INDEX products_category ON products (organization_id, category);

-- One row is an order. Written by import, the store's systems, staff, and the tool place_order (pending, for staff to
-- confirm). order_number is unique within its store only. order_key is the number as people say it: letters and digits,
-- no blanks or dashes. as_of says how old our knowledge of the status is.
CREATE TABLE orders (
	organization_id    uuid NOT NULL REFERENCES organizations (id),
	id                 uuid NOT NULL DEFAULT gen_random_uuid(),
	order_number       text NOT NULL CHECK (char_length(order_number) BETWEEN 1 AND 40),
	order_key          text NOT NULL GENERATED ALWAYS AS (upper(regexp_replace(order_number, '[^[:alnum:]]', '', 'g'))) STORED,
	customer_id        uuid,
	conversation_id    uuid,
	origin             text NOT NULL DEFAULT 'store' CHECK (origin IN ('store', 'web', 'phone', 'sms', 'import')),
	status             text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'processing', 'ready_for_pickup', 'shipped',
	                       'delivered', 'collected', 'cancelled', 'returned')),
	fulfilment         text NOT NULL DEFAULT 'pickup' CHECK (fulfilment IN ('pickup', 'shipping')),
	total_amount       numeric(12,2) NOT NULL DEFAULT 0 CHECK (total_amount >= 0),
	currency           text NOT NULL DEFAULT 'CAD' CHECK (currency ~ '^[A-Z]{3}$'),
	shipping_address   text CHECK (char_length(shipping_address) <= 400),
	carrier            text CHECK (char_length(carrier) <= 60),
	tracking_number    text CHECK (char_length(tracking_number) <= 60),
	tracking_url       text CHECK (char_length(tracking_url) <= 500),
	estimated_delivery date,
	placed_at          timestamptz NOT NULL DEFAULT now(),
	ready_at           timestamptz,
	shipped_at         timestamptz,
	completed_at       timestamptz,
	cancelled_at       timestamptz,
	cancel_reason      text CHECK (char_length(cancel_reason) <= 500),
	notes              text CHECK (char_length(notes) <= 2000),
	as_of              timestamptz NOT NULL DEFAULT now(),
	created_at         timestamptz NOT NULL DEFAULT now(),
	updated_at         timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (organization_id, id),
	UNIQUE (organization_id, order_number),
	FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id),
	FOREIGN KEY (organization_id, conversation_id) REFERENCES conversations (organization_id, id)
);
CALL tenant_table('orders');
CREATE INDEX orders_key ON orders (organization_id, order_key);
CREATE INDEX orders_customer ON orders (organization_id, customer_id, placed_at DESC);
CREATE INDEX orders_recent ON orders (organization_id, placed_at DESC, id DESC);
CREATE INDEX orders_conversation ON orders (organization_id, conversation_id) WHERE conversation_id IS NOT NULL;

-- One row is one line of an order, as sold: the product may change its name and price later, or be unknown to us.
CREATE TABLE order_items (
	organization_id uuid NOT NULL,
	order_id        uuid NOT NULL,
	position        smallint NOT NULL CHECK (position BETWEEN 1 AND 500),
	product_id      uuid,
	description     text NOT NULL CHECK (char_length(description) BETWEEN 1 AND 200),
	quantity        integer NOT NULL DEFAULT 1 CHECK (quantity BETWEEN 1 AND 10000),
	unit_price      numeric(12,2) NOT NULL CHECK (unit_price >= 0),
	PRIMARY KEY (organization_id, order_id, position),
	FOREIGN KEY (organization_id, order_id) REFERENCES orders (organization_id, id),
	FOREIGN KEY (organization_id, product_id) REFERENCES products (organization_id, id)
);
CALL tenant_table('order_items');
CREATE INDEX order_items_product ON order_items (organization_id, product_id) WHERE product_id IS NOT NULL;

-- One row is a return or exchange (RMA). Opened by the agent or staff, decided by staff.
CREATE TABLE returns (
	organization_id uuid NOT NULL REFERENCES organizations (id),
	id              uuid NOT NULL DEFAULT gen_random_uuid(),
	rma_number      text NOT NULL CHECK (char_length(rma_number) BETWEEN 1 AND 40),
	order_id        uuid,
	customer_id     uuid,
	conversation_id uuid,
	state           text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'approved', 'received', 'refunded', 'exchanged',
	                    'rejected', 'cancelled')),
	reason          text NOT NULL CHECK (reason ~ '^[a-z][a-z_]{0,39}$'),
	reason_text     text CHECK (char_length(reason_text) <= 2000),
	items_text      text CHECK (char_length(items_text) <= 2000),
	refund_amount   numeric(12,2) CHECK (refund_amount >= 0),
	decided_by      uuid,
	decided_at      timestamptz,
	created_at      timestamptz NOT NULL DEFAULT now(),
	updated_at      timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (organization_id, id),
	UNIQUE (organization_id, rma_number),
	FOREIGN KEY (organization_id, order_id) REFERENCES orders (organization_id, id),
	FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id),
	FOREIGN KEY (organization_id, conversation_id) REFERENCES conversations (organization_id, id),
	FOREIGN KEY (organization_id, decided_by) REFERENCES user_profiles (organization_id, id)
);
CALL tenant_table('returns');
CREATE INDEX returns_order ON returns (organization_id, order_id) WHERE order_id IS NOT NULL;
CREATE INDEX returns_customer ON returns (organization_id, customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX returns_conversation ON returns (organization_id, conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX returns_decided_by ON returns (organization_id, decided_by) WHERE decided_by IS NOT NULL;
